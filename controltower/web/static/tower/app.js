// The interface's own script: keys, menus, dialogs, clocks, toasts, and what htmx needs around it. Nothing here is
// needed to work: every action is a link or a form. Written for `script-src 'self'`: no eval, no inline handlers.
(() => {
  'use strict';
  const root = document.documentElement;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const table = JSON.parse(one('#tower-keys')?.textContent || '[]');
  const TYPING = 'input:not([type=checkbox],[type=radio],[type=button],[type=submit]), textarea, select, [contenteditable]';
  const tower = window.tower = { one, all, table, commands: {} };

  // --- saying things to screen readers: at once for what a person did, rarely for what happens by itself ---------
  let spokenAt = 0;
  tower.say = (text, { rarely = false } = {}) => {
    if (rarely && Date.now() - spokenAt < 30_000) return;
    spokenAt = Date.now();
    const live = one('#live');
    live.textContent = '';
    requestAnimationFrame(() => { live.textContent = text; });
  };

  // --- actions: a key does what a click on its element does ------------------------------------------------------
  const usable = element => !element.closest('[hidden], template, dialog:not([open])') && !element.disabled;
  tower.elementOf = action => all(`[data-action="${CSS.escape(action)}"]`).filter(usable).at(-1);
  tower.isAvailable = row => Boolean(tower.commands[row.action]?.available() || tower.elementOf(row.action));

  tower.perform = action => {
    const command = tower.commands[action];
    if (command?.available()) return command.run();
    const element = tower.elementOf(action);
    if (!element) return;
    const menu = element.closest('details');
    if (element.matches('summary')) return openMenu(menu, !menu.open);
    if (menu && !menu.open && element.matches(TYPING)) openMenu(menu, true);
    if (element.matches(TYPING)) { element.focus(); element.select?.(); return; }
    element.click();
  };

  // Out of a field, to what it belongs to: the focus never falls to the body.
  const leaveField = field => {
    const heading = one('[data-focus]', field.closest('#detail') || document.createElement('div'));
    if (heading) heading.focus();
    else if (tower.commands['rows.back']?.available()) tower.commands['rows.back'].run();
    else one('#main').focus();
  };

  let chord = '';
  let chordTimer = 0;
  const combination = event => {
    const parts = [];
    if (event.ctrlKey || event.metaKey) parts.push('Mod');
    if (event.altKey) parts.push('Alt');
    return [...parts, event.key].join('+');
  };
  const rowsFor = keys => table.filter(row => row.keys.toLowerCase() === keys.toLowerCase() && tower.isAvailable(row));

  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.isComposing) return;
    const typing = event.target.closest?.(TYPING);
    const combined = event.ctrlKey || event.metaKey || event.altKey;
    if (event.key === 'Escape' && closeMenus(event.target)) return event.preventDefault();
    if (event.key === 'Escape' && typing && !event.target.closest('dialog')) return leaveField(typing);
    if (one('dialog[open]') && !combined) return;
    const single = !combined;
    if (single && event.key !== 'Enter' && (typing || root.dataset.keys === 'off')) return;
    // A control that has the focus keeps its own Enter and Space.
    if (event.key === 'Enter' && single && event.target.closest('a, button, summary, dialog, input, textarea, select')) {
      if (!typing || !rowsFor('Enter').some(row => row.fields && tower.elementOf(row.action)?.closest('form') === event.target.form)) return;
    }
    const pressed = combined ? combination(event) : chord + event.key;
    const shifted = single && event.shiftKey ? rowsFor(`Shift+${event.key}`) : [];
    const [row] = (shifted.length ? shifted : rowsFor(pressed)).filter(found => !typing || found.fields);
    clearTimeout(chordTimer);
    chord = '';
    if (row) {
      event.preventDefault();
      tower.perform(row.action);
    } else if (single && table.some(found => found.keys.startsWith(`${event.key} `))) {
      chord = `${event.key} `;
      chordTimer = setTimeout(() => { chord = ''; }, 1200);
    }
  });

  // --- menus (<details class="menu">) and dialogs ----------------------------------------------------------------
  const openMenu = tower.openMenu = (menu, open) => {
    menu.open = open;
    if (!open) return one('summary', menu).focus();
    (one('[data-autofocus]', menu) || one('.menu__panel :is(input:not([type=hidden]), select, textarea, button, a)', menu))?.focus();
  };
  const closeMenus = (target, except = null) => {
    const open = all('details.menu[open]').filter(menu => menu !== except && !menu.contains(except));
    open.forEach(menu => {
      menu.open = false;
      if (menu.contains(target)) one('summary', menu).focus();
    });
    return open.length > 0;
  };
  document.addEventListener('toggle', event => {
    const menu = event.target;
    if (!menu.matches?.('details.menu[open]')) return;
    closeMenus(null, menu);
    const panel = one('.menu__panel', menu);
    const box = panel.getBoundingClientRect();
    if (box.right > innerWidth - 8) panel.classList.add('menu__panel--end');
  }, true);

  document.addEventListener('click', event => {
    const target = event.target;
    const opener = target.closest('[data-open]');
    if (opener) one(`#${opener.dataset.open}`)?.showModal();
    if (target.closest('[data-close]') || target.matches('dialog[open]')) target.closest('dialog')?.close();
    target.closest('[data-dismiss]')?.closest('[data-toast], [data-dismissable]')?.remove();
    closeMenus(null, target.closest('details.menu'));
  });

  // --- clocks: the server wrote the first text; its clock, not this machine's, is the one that counts -----------
  const navigation = performance.getEntriesByType('navigation')[0];
  const receivedAt = performance.timeOrigin + (navigation?.responseStart || 0);
  const skew = (Date.parse(one('meta[name=server-now]')?.content || '') || receivedAt) - receivedAt;
  tower.now = () => Date.now() + skew;
  tower.span = milliseconds => {
    const seconds = Math.floor(Math.abs(milliseconds) / 1000);
    const days = Math.floor(seconds / 86400);
    const hours = Math.floor(seconds % 86400 / 3600);
    const minutes = Math.floor(seconds % 3600 / 60);
    if (days >= 2) return hours ? `${days} d ${hours} h` : `${days} d`;
    if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${String(minutes).padStart(2, '0')}`;
    return minutes ? `${minutes} min` : 'under 1 min';
  };
  const set = (element, text) => { if (element.textContent !== text) element.textContent = text; };
  const tick = () => {
    const now = tower.now();
    all('time[data-countdown]').forEach(clock => {
      const left = Date.parse(clock.dateTime) - now;
      set(clock, left <= 0 ? `${tower.span(left)} ago` : tower.span(left));
      if ('calm' in clock.dataset) return;
      const state = left <= 0 ? 'late' : left < clock.dataset.soon * 1000 ? 'soon' : 'ok';
      if (clock.dataset.state !== state) clock.dataset.state = state;
    });
    all('time[data-ago]').forEach(clock => set(clock, `${tower.span(now - Date.parse(clock.dateTime))} ago`));
  };
  setInterval(() => document.hidden || tick(), 5000);
  document.addEventListener('visibilitychange', () => document.hidden || tick());

  // --- toasts ----------------------------------------------------------------------------------------------------
  const keep = toast => {
    const undoable = one('form', toast);
    const target = undoable && document.getElementById(undoable.dataset.target);
    if (target) {
      undoable.setAttribute('hx-post', undoable.getAttribute('action'));
      undoable.setAttribute('hx-target', `#${target.id}`);
      if (target.id === 'list') undoable.setAttribute('hx-swap', 'outerHTML');
      undoable.addEventListener('htmx:afterRequest', () => toast.remove());
      window.htmx?.process(undoable);
    }
    let timer = 0;
    const leave = () => { timer = setTimeout(() => toast.remove(), undoable ? 15_000 : 6_000); };
    toast.addEventListener('pointerenter', () => clearTimeout(timer));
    toast.addEventListener('focusin', () => clearTimeout(timer));
    toast.addEventListener('pointerleave', leave);
    leave();
  };
  tower.toast = ({ text, danger = false, undo = null, fields = {}, target = 'detail' }) => {
    const toast = one('#toast-template').content.firstElementChild.cloneNode(true);
    const form = one('form', toast);
    one('span', toast).textContent = text;
    toast.classList.toggle('toast--danger', danger);
    if (undo) {
      form.action = undo;
      form.dataset.target = target;
      Object.entries(fields).forEach(([name, value]) => {
        const input = Object.assign(document.createElement('input'), { type: 'hidden', name, value });
        form.append(input);
      });
    } else form.remove();
    one('#toasts').replaceChildren(toast);
    keep(toast);
    tower.say(text);
  };
  tower.toasts = header => JSON.parse(header || '[]').forEach(tower.toast);

  // --- around htmx -----------------------------------------------------------------------------------------------
  let running = 0;
  const busy = change => root.classList.toggle('htmx-busy', (running = Math.max(0, running + change)) > 0);
  const writes = detail => detail.requestConfig?.verb && detail.requestConfig.verb !== 'get';

  let reading = null; // the request that will fill the detail, if one is on its way: only the last, whichever is answered last
  tower.isReading = () => Boolean(reading) && reading.readyState > 0 && reading.readyState < 4;
  tower.read = (address, swap = 'innerHTML') => {
    reading?.abort(); // htmx would have this one wait for it
    return window.htmx.ajax('GET', address, { target: '#detail', swap }).then(() => true, () => false); // false: taken back or not answered
  };
  document.addEventListener('htmx:beforeRequest', event => {
    const { elt: form, target, xhr } = event.detail;
    if (writes(event.detail)) {
      if (form.dataset.busy) return event.preventDefault(); // a double click sends once
      form.dataset.busy = 'yes';
      if (target.id === 'detail') reading?.abort(); // what it read is older than what this writes
    } else if (target.id === 'detail') {
      reading?.abort();
      reading = xhr;
    }
    // Read from the answer, not from an event on the asking element: a swap may have taken that off the page meanwhile.
    xhr.addEventListener('load', () => tower.toasts(xhr.getResponseHeader('Tower-Toasts')));
    busy(+1);
  });
  document.addEventListener('htmx:afterRequest', event => {
    delete event.detail.elt.dataset.busy;
    busy(-1);
  });
  document.addEventListener('submit', event => {
    const form = event.target;
    if (form.method !== 'post' || form.hasAttribute('hx-post')) return;
    if (form.dataset.busy) return event.preventDefault();
    form.dataset.busy = 'yes';
    if ('download' in form.dataset) setTimeout(() => { delete form.dataset.busy; }, 2_000); // no page follows
  });
  addEventListener('pageshow', () => all('form[data-busy]').forEach(form => { delete form.dataset.busy; }));

  const before = new WeakMap(); // what had the focus, by the answer that takes it away: several may be on their way
  document.addEventListener('htmx:beforeSwap', event => {
    const { xhr, target } = event.detail;
    if (xhr.getResponseHeader('HX-Retarget')) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
    const active = document.activeElement;
    if (target.contains(active)) before.set(xhr, { id: active.id, action: active.dataset.action });
  });
  document.addEventListener('htmx:afterSettle', event => {
    tick();
    const problem = one('#problem > *');
    if (problem && event.detail.target.id === 'problem') problem.scrollIntoView({ block: 'nearest' });
    else if (problem && event.detail.requestConfig?.verb === 'post') problem.remove();
    if (document.activeElement && document.activeElement !== document.body) return;
    const had = before.get(event.detail.xhr);
    if (!had) return;
    const within = event.detail.target;
    const found = (had.id && document.getElementById(had.id)) || (had.action && tower.elementOf(had.action));
    const shut = found && found.closest('details.menu:not([open])'); // what is in a closed menu takes no focus
    const again = shut ? one('summary', shut) : found;
    const wrong = one('[aria-invalid=true], details.menu[open] :is(input:not([type=hidden]), textarea, select)', within);
    (wrong || again || one('[data-focus]', within) || one('#main')).focus({ preventScroll: true });
  });
  document.addEventListener('htmx:beforeHistoryUpdate', ({ detail: { history: step } }) => {
    if (new URL(step.path, location.href).href === location.href) step.type = 'replace'; // not twice in a row: Back would seem dead
  });
  document.addEventListener('htmx:responseError', () => tower.toast({ text: 'The server could not do that. Nothing was changed.', danger: true }));
  const unheard = event => writes(event.detail) ? 'It may have done it all the same: look before you try again.' : 'Try again.';
  ['htmx:sendError', 'htmx:timeout'].forEach(name => document.addEventListener(name, event =>
    tower.toast({ text: `The server does not answer. ${unheard(event)}`, danger: true })));

  document.addEventListener('change', event => {
    if (event.target.matches('[data-submit-on-change]')) event.target.form.requestSubmit();
  });
  one('main form[method=post] [aria-invalid=true]')?.focus(); // a form that came back: to what is wrong with it
  all('#toasts > [data-toast]').forEach(keep);
  tick();
})();
