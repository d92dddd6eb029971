// Help and the command palette: both are drawn from the keyboard table and from what is really on the page.
(() => {
  'use strict';
  const { one, all, table } = window.tower;
  const caps = keys => keys.split(/[ +]/).map(key => ({ Mod: /Mac|iP/.test(navigator.platform) ? '⌘' : 'Ctrl', ArrowDown: '↓', ArrowUp: '↑' })[key] || key);
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    element.append(...children);
    return element;
  };
  const kbds = keys => caps(keys).map(cap => make('kbd', {}, cap));
  const available = () => table.filter(row => window.tower.isAvailable(row));

  // --- help ------------------------------------------------------------------------------------------------------
  const help = one('#help');
  const draw = () => {
    const groups = Map.groupBy ? Map.groupBy(available(), row => row.group) : available().reduce((map, row) => map.set(row.group, [...(map.get(row.group) || []), row]), new Map());
    one('[data-shortcuts]', help).replaceChildren(...[...groups].map(([group, rows]) => make('section', {},
      make('h3', {}, group),
      make('ul', { role: 'list' }, ...rows.map(row => make('li', {}, make('span', {}, row.label), make('span', { class: 'nowrap' }, ...kbds(row.keys).flatMap((cap, index) => index ? [' ', cap] : [cap]))))))));
  };
  new MutationObserver(() => help.open && draw()).observe(help, { attributes: true, attributeFilter: ['open'] });

  // --- palette ---------------------------------------------------------------------------------------------------
  const palette = one('#palette');
  const input = one('input', palette);
  const list = one('ul', palette);
  let items = [];
  let chosen = 0;

  const commands = () => {
    const skip = new Set(['palette', 'rows.next', 'rows.previous', 'rows.open']);
    const known = available().filter(row => !skip.has(row.action)).map(row => ({ ...row, run: () => window.tower.perform(row.action) }));
    const links = all('a.side__link:not([data-action])').map(link => ({ label: link.dataset.command || link.textContent.trim().replace(/\s+/g, ' '), group: 'Go to', keys: '', run: () => link.click() }));
    const marked = all('[data-command]:not(a.side__link)').filter(element => !element.closest('[hidden], template')).map(element => ({ label: element.dataset.command, group: 'This page', keys: '', run: () => element.click() }));
    const place = { 'Go to': 1, Lists: 2, Everywhere: 3 }; // what is about this page comes first
    return [...known, ...marked, ...links].sort((a, b) => (place[a.group] || 0) - (place[b.group] || 0));
  };
  const matches = (item, words) => words.every(word => `${item.group} ${item.label}`.toLowerCase().includes(word));

  const choose = index => {
    chosen = Math.max(0, Math.min(items.length - 1, index));
    all('[role=option]', list).forEach((option, at) => option.setAttribute('aria-selected', String(at === chosen)));
    const option = list.children[chosen];
    if (option?.id) input.setAttribute('aria-activedescendant', option.id);
    else input.removeAttribute('aria-activedescendant');
    option?.scrollIntoView({ block: 'nearest' });
  };
  const fill = () => {
    const text = input.value.trim();
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    items = commands().filter(item => matches(item, words));
    if (text) items.push({ label: `Search for “${text}”`, group: 'Search', keys: '', run: () => { location.href = `/?q=${encodeURIComponent(text)}`; } });
    list.replaceChildren(...items.map((item, index) => make('li', { role: 'option', id: `command-${index}`, class: 'palette__item', 'aria-selected': 'false' },
      make('span', { class: 'palette__group' }, item.group), make('span', { class: 'grow' }, item.label), ...(item.keys ? kbds(item.keys) : []))));
    choose(0);
  };
  const run = index => {
    const item = items[index];
    palette.close();
    item?.run();
  };

  window.tower.commands.palette = { available: () => true, run: () => (palette.open ? palette.close() : palette.showModal()) };
  new MutationObserver(() => {
    if (!palette.open) return;
    input.value = '';
    fill();
    input.focus();
  }).observe(palette, { attributes: true, attributeFilter: ['open'] });
  input.addEventListener('input', fill);
  input.addEventListener('keydown', event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); choose((chosen + step + items.length) % items.length); }
    if (event.key === 'Enter') { event.preventDefault(); run(chosen); }
  });
  list.addEventListener('click', event => {
    const option = event.target.closest('[role=option]');
    if (option) run([...list.children].indexOf(option));
  });
})();
