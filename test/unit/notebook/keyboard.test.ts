import { Window } from 'happy-dom';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { registerCommands, runCommand } from '../../../app/notebook/commands.ts';
import { hasOwnKeys, keyAction, type KeyPress } from '../../../app/notebook/keyboard.ts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  isComposing: false,
  defaultPrevented: false,
  ...more,
});

const held = (key: string) => keyAction(press(key, { repeat: true }), true);

describe('keys', () => {
  test.each([
    ['j', 'next'],
    ['J', 'next'],
    ['k', 'previous'],
    ['s', 'step'],
    ['r', 'reset'],
    ['?', 'help'],
    [' ', 'toggle'],
    ['Enter', undefined],
    ['x', undefined],
    ['ArrowDown', undefined],
  ])('%s is %s', (key, action) => expect(keyAction(press(key), true)).toBe(action));

  test('with Shift', () => {
    expect(keyAction(press('Enter', { shiftKey: true }), true)).toBe('run-and-next');
    expect(keyAction(press('?', { shiftKey: true }), true)).toBe('help');
    expect(keyAction(press(' ', { shiftKey: true }), true)).toBeUndefined();
    expect(keyAction(press('R', { shiftKey: true }), true)).toBeUndefined();
  });

  test.each(['ctrlKey', 'altKey', 'metaKey', 'isComposing', 'defaultPrevented'] as const)(
    'are the browser’s with %s',
    (modifier) => {
      for (const key of ['j', 'r', ' ', '?'])
        expect(keyAction(press(key, { [modifier]: true }), true)).toBeUndefined();
    },
  );

  test('held down, step on but toggle and reset once', () => {
    expect([held('j'), held('k'), held('s')]).toEqual(['next', 'previous', 'step']);
    expect([held(' '), held('r'), held('?')]).toEqual([undefined, undefined, undefined]);
  });

  test('that are letters or signs can be switched off; Space and Shift+Enter stay', () => {
    for (const key of ['j', 'k', 's', 'r', '?']) expect(keyAction(press(key), false)).toBeUndefined();
    expect(keyAction(press(' '), false)).toBe('toggle');
    expect(keyAction(press('Enter', { shiftKey: true }), false)).toBe('run-and-next');
  });
});

describe('what has keys of its own', () => {
  const page = new Window();
  beforeAll(() => vi.stubGlobal('Element', page.Element));
  afterAll(() => vi.unstubAllGlobals());

  const inside = (html: string): boolean => {
    page.document.body.innerHTML = html;
    return hasOwnKeys(page.document.querySelector('.at') as unknown as EventTarget);
  };

  test.each([
    '<button class="at">Play</button>',
    '<button><svg class="at"></svg></button>',
    '<a href="#/predict" class="at">x</a>',
    '<input class="at">',
    '<textarea class="at"></textarea>',
    '<select class="at"></select>',
    '<details><summary class="at">More</summary></details>',
    '<div contenteditable="true"><p class="at">x</p></div>',
    '<div role="group" tabindex="0" class="at"></div>',
    '<div role="slider" class="at"></div>',
    '<dialog open><p class="at">x</p></dialog>',
  ])('%s', (html) => expect(inside(html)).toBe(true));

  test.each([
    '<section data-cell="train" tabindex="-1" class="at"></section>',
    '<main tabindex="-1"><p class="at">x</p></main>',
    '<a class="at">no link</a>',
    '<div contenteditable="false" class="at"></div>',
  ])('not %s', (html) => expect(inside(html)).toBe(false));

  test('not the window', () => expect(hasOwnKeys(null)).toBe(false));
});

describe('commands of a cell', () => {
  test('run under its key while it is shown', () => {
    const step = vi.fn();
    const release = registerCommands('predict#train', { step });
    expect(runCommand('predict#train', 'step')).toBe(true);
    expect(runCommand('predict#train', 'reset')).toBe(false);
    expect(runCommand('predict#other', 'step')).toBe(false);
    release();
    expect(runCommand('predict#train', 'step')).toBe(false);
    expect(step).toHaveBeenCalledTimes(1);
  });

  test('are those registered last, whatever is taken back later', () => {
    const [first, second] = [vi.fn(), vi.fn()];
    const releaseFirst = registerCommands('a#b', { play: first });
    registerCommands('a#b', { play: second });
    releaseFirst();
    runCommand('a#b', 'play');
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([0, 1]);
  });
});
