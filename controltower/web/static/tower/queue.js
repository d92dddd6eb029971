// Lists of rows with a detail beside them: moving with the keyboard, opening, and staying fresh without moving anything
// under the cursor. Works on any `<ol data-rows>` of `<li id>` with one link each.
(() => {
  'use strict';
  const { one, all } = window.tower;
  const list = () => one('[data-rows]');
  const rows = () => all('[data-rows] > li');
  const link = row => one('a[data-row-link]', row);
  const current = () => document.activeElement?.closest?.('[data-rows] > li') || rows().find(row => link(row).getAttribute('aria-current')) || null;
  const beside = () => Boolean(one('#detail')?.checkVisibility() && list()?.checkVisibility());
  const isShown = element => Boolean(element?.checkVisibility());

  const mark = row => rows().forEach(each => {
    if (each === row) link(each).setAttribute('aria-current', 'true');
    else link(each).removeAttribute('aria-current');
  });

  // --- moving ----------------------------------------------------------------------------------------------------
  let previewTimer = 0;
  const preview = row => {
    clearTimeout(previewTimer);
    if (!beside()) return;
    previewTimer = setTimeout(async () => {
      const { href } = link(row);
      if (await window.tower.read(href, 'innerHTML show:#detail:top')) history.replaceState({ htmx: true }, '', href);
    }, 140);
  };
  // A list without a detail beside it: the link of each row in turn.
  const plain = () => all('main :is(table.table tbody th[scope=row] > a, ol[role=list] > li > a.card)').filter(isShown);
  const step = (found, by) => {
    const at = found.indexOf(document.activeElement);
    const next = found[at < 0 ? 0 : Math.max(0, Math.min(found.length - 1, at + by))];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: 'nearest' });
  };
  const move = by => {
    if (!list()) return step(plain(), by);
    const found = rows();
    const at = found.indexOf(current());
    const next = found[at < 0 ? 0 : Math.max(0, Math.min(found.length - 1, at + by))];
    if (!next) return;
    if (!isShown(list())) return link(next).click();
    link(next).focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest' });
    mark(next);
    preview(next);
  };
  const back = () => (isShown(list()) ? link(current() || rows()[0])?.focus() : one('[data-action="rows.back"]')?.click());
  const any = () => rows().length > 0;
  const some = () => any() || (!list() && plain().length > 0);
  Object.assign(window.tower.commands, {
    'rows.next': { available: some, run: () => move(+1) },
    'rows.previous': { available: some, run: () => move(-1) },
    'rows.open': { available: () => Boolean(current()), run: () => link(current()).click() },
    'rows.back': { available: () => Boolean(any() || one('[data-action="rows.back"]')), run: back },
    updates: { available: () => isShown(one('[data-updates]:not([hidden])')), run: () => one('[data-updates]:not([hidden])').click() },
  });

  // --- opening: the mouse stays on the row, the keyboard and small screens go into the detail ---------------------
  let byKeyboard = false;
  document.addEventListener('click', event => {
    const opened = event.target.closest('a[data-row-link]');
    if (!opened || event.ctrlKey || event.metaKey || event.shiftKey) return;
    byKeyboard = event.detail === 0;
    clearTimeout(previewTimer);
    mark(opened.closest('li'));
  });
  document.addEventListener('htmx:afterSettle', event => {
    const detail = one('#detail');
    if (!detail || event.detail.target !== detail) return;
    const shown = one('[data-item]', detail);
    if (!shown) return;
    mark(rows().find(row => row.id === shown.dataset.item));
    one('#queue-title')?.setAttribute('aria-level', '2'); // the case's title is the page's first heading now
    if (isOlder(shown)) window.tower.read(shown.dataset.href); // it was read before what has changed the row meanwhile
    else refreshRow(detail);
    document.title = shown.dataset.title || document.title;
    if (byKeyboard || !isShown(list())) {
      one('[data-focus]', detail)?.focus({ preventScroll: true });
      if (!isShown(list())) scrollTo(0, 0);
      byKeyboard = false;
    }
  });

  // --- selection: with something selected, the keys of a case act on all of it -------------------------------------
  const boxes = () => all('[data-rows] input[type=checkbox]');
  const ticked = () => boxes().filter(box => box.checked);
  let anchor = ''; // the row from which a range is drawn
  const counted = () => {
    const count = one('[data-bulk-count]');
    if (count) count.textContent = `${ticked().length} selected`;
  };
  const tick = (chosen, checked) => {
    chosen.forEach(box => { box.checked = checked; });
    counted();
    window.tower.say(ticked().length ? `${ticked().length} selected` : 'Nothing selected');
  };
  const here = () => current() || rows()[0];
  const toggle = () => {
    const box = one('input[type=checkbox]', here());
    anchor = box.closest('li').id;
    tick([box], !box.checked);
  };
  const range = to => {
    const found = rows();
    const ends = [found.findIndex(row => row.id === anchor), found.indexOf(to)];
    if (ends[0] < 0) ends[0] = ends[1];
    tick(found.slice(Math.min(...ends), Math.max(...ends) + 1).map(row => one('input[type=checkbox]', row)), true);
  };
  const hasBox = () => Boolean(here() && one('input[type=checkbox]', here()));
  Object.assign(window.tower.commands, {
    'rows.select': { available: hasBox, run: toggle },
    'rows.range': { available: hasBox, run: () => range(here()) },
    'rows.all': { available: () => boxes().length > 0, run: () => tick(boxes(), true) },
  });
  const doer = action => (ticked().length ? one(`[data-bulk-do="${action}"]`) : null);
  ['case.take', 'case.assign', 'case.snooze', 'case.pin', 'case.merge'].forEach(action => {
    window.tower.commands[action] = {
      available: () => Boolean(doer(action)),
      run: () => (doer(action).matches('summary') ? window.tower.openMenu(doer(action).parentElement, true) : doer(action).click()),
    };
  });
  document.addEventListener('click', event => {
    const box = event.target.closest('[data-rows] input[type=checkbox]');
    if (box && event.shiftKey && box.checked) range(box.closest('li'));
    if (box) anchor = box.closest('li').id;
    if (event.target.closest('[data-bulk-all]')) tick(boxes(), true);
    if (event.target.closest('[data-bulk-clear]')) clear();
  });
  document.addEventListener('keydown', event => { // Enter in a field of the bar presses the button below it, on a row's box none
    if (event.key !== 'Enter' || !event.target.matches('input') || !event.target.form?.matches('[data-bulk]')) return;
    event.preventDefault();
    const panel = event.target.closest('.menu__panel');
    if (panel) one('button', panel).click();
  });
  document.addEventListener('change', event => event.target.matches('[data-rows] input[type=checkbox]') && counted());
  const clear = () => {
    const within = one('[data-bulk]')?.contains(document.activeElement);
    tick(ticked(), false);
    if (within) link(current() || rows()[0]).focus({ preventScroll: true }); // the bar leaves with its focus
  };
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || event.defaultPrevented || one('dialog[open]') || !ticked().length) return;
    if (event.target.matches('input[type=search], input[type=text], textarea')) return;
    clear();
  });
  // What was done to the selected: the list is new, and the case that is open may have been one of them.
  document.addEventListener('htmx:afterSettle', event => {
    if (event.detail.target.id !== 'list') return;
    const open = one('#detail [data-item]')?.dataset.item;
    mark(rows().find(row => row.id === open));
    const active = document.activeElement;
    const target = current() || rows()[0];
    if (!active || active === document.body || active.id === 'main') (target ? link(target) : one('#main')).focus({ preventScroll: true });
    refreshDetail({ gone: true });
  });

  // --- staying fresh ---------------------------------------------------------------------------------------------
  const patch = (mine, fresh) => {
    all('[data-cell]', mine).forEach(cell => {
      const news = one(`[data-cell="${cell.dataset.cell}"]`, fresh);
      if (news && news.innerHTML !== cell.innerHTML) cell.replaceWith(news.cloneNode(true));
    });
    mine.dataset.version = fresh.dataset.version;
    const [box, news] = [mine, fresh].map(row => one('input[type=checkbox]', row));
    if (box && news) box.value = news.value; // the version that is on the screen now
  };
  const isOlder = shown => Number(shown.dataset.version) < Number(document.getElementById(shown.dataset.item)?.dataset.version);
  const refreshRow = detail => {
    const fresh = one('template[data-row]', detail)?.content.firstElementChild;
    const mine = fresh && document.getElementById(fresh.id);
    if (mine) patch(mine, fresh);
  };
  // How many rows stay where they are: the longest run of ids in the same order before and after.
  const inOrder = (before, after) => {
    const place = new Map(after.map((id, index) => [id, index]));
    const best = [];
    before.filter(id => place.has(id)).map(id => place.get(id)).forEach(at => {
      const slot = best.findIndex(other => other >= at);
      if (slot < 0) best.push(at); else best[slot] = at;
    });
    return best.length;
  };
  let waiting = null;
  const merge = html => {
    const fresh = new DOMParser().parseFromString(html, 'text/html');
    const mine = rows();
    const news = all('[data-rows] > li', fresh);
    const byId = new Map(news.map(row => [row.id, row]));
    mine.filter(row => byId.has(row.id)).forEach(row => patch(row, byId.get(row.id)));
    all('[data-count]').forEach(count => {
      const now = one(`[data-count="${count.dataset.count}"]`, fresh);
      if (now) count.textContent = now.textContent;
    });
    const before = mine.map(row => row.id);
    const after = news.map(row => row.id);
    const moved = Math.max(before.length, after.length) - inOrder(before, after);
    waiting = moved ? fresh : null;
    const pill = one('[data-updates="rows"]');
    if (!pill) return;
    pill.hidden = moved === 0;
    one('[data-updates-count]', pill).textContent = moved === 1 ? '1 update' : `${moved} updates`;
    if (moved) window.tower.say(`${moved} updates in the list`, { rarely: true });
  };
  const show = () => {
    const fresh = waiting && one('[data-list]', waiting);
    if (!fresh) return;
    const focused = document.activeElement.closest?.('[data-rows] > li')?.id;
    const chosen = ticked().map(box => box.closest('li').id);
    const open = rows().find(row => link(row).getAttribute('aria-current'))?.id;
    const node = document.importNode(fresh, true);
    one('[data-list]').replaceWith(node);
    window.htmx.process(node);
    boxes().filter(box => chosen.includes(box.closest('li').id)).forEach(box => { box.checked = true; });
    mark(rows().find(row => row.id === open));
    waiting = null;
    one('[data-updates="rows"]').hidden = true;
    const target = (focused && document.getElementById(focused)) || rows()[0];
    (target ? link(target) : one('#main')).focus({ preventScroll: true });
    counted();
  };
  document.addEventListener('click', event => {
    if (event.target.closest('[data-updates="rows"]')) show();
    const reload = event.target.closest('[data-updates="detail"]')?.dataset.refresh;
    if (reload) window.tower.read(reload);
  });

  const isBusy = detail => detail.contains(document.activeElement) || one('details.menu[open]', detail) || all('textarea, input[type=text]', detail).some(field => field.value !== field.defaultValue);
  const refreshDetail = ({ gone = false } = {}) => {
    const detail = one('#detail');
    const shown = detail && one('[data-item]', detail);
    if (!shown) return;
    all('[data-panel]', detail).filter(panel => !panel.contains(document.activeElement)).forEach(panel => window.htmx.trigger(panel, 'refresh'));
    if (window.tower.isReading()) return; // what comes is newer, or another case
    const row = document.getElementById(shown.dataset.item);
    if (row ? row.dataset.version === shown.dataset.version : !gone) return;
    if (isBusy(detail)) { one('[data-updates="detail"]', detail).hidden = false; return; }
    window.tower.read(shown.dataset.href);
  };

  let missed = 0;
  let since = one('[data-live]')?.dataset.since;
  const stale = text => {
    const banner = one('#stale');
    banner.hidden = !text;
    if (text) one('span', banner).textContent = text;
  };
  const listen = async () => {
    const live = one('[data-live]');
    if (!live || document.hidden) return;
    try {
      const answer = await fetch(`${live.dataset.live}?since=${since}`, { headers: { Accept: 'application/json' } });
      if (answer.status === 401) return stale('You have been signed out. Sign in again in another tab; what you typed here stays.');
      if (!answer.ok) throw new Error(answer.status);
      missed = 0;
      stale('');
      if (answer.status === 204) return;
      const { seq } = await answer.json();
      const page = await fetch(one('[data-list]').dataset.url, { headers: { 'HX-Request': 'true', 'HX-Target': 'list' } });
      if (!page.ok) throw new Error(page.status);
      window.tower.toasts(page.headers.get('Tower-Toasts')); // whoever reads a word has to show it
      merge(await page.text());
      since = seq;
      refreshDetail();
    } catch {
      missed += 1;
      if (missed >= 2) stale('The connection to the server is interrupted. What you see may be old.');
    }
  };
  const every = 10_000;
  const schedule = () => setTimeout(async () => { await listen(); schedule(); }, every * (0.8 + Math.random() * 0.4));
  if (one('[data-live]')) {
    schedule();
    document.addEventListener('visibilitychange', () => document.hidden || listen());
  }
  window.tower.listen = listen;
})();
