/** How fast a continuation is made, and how soon after the finger it is on the screen. */

const PRESSES = 20;
const MOVES = 300;

/** Milliseconds from submission to result, as the worker measures them, for a seed changed again and again at rest. */
export async function measureGeneration({ browser, address }, mode) {
  const page = await openInstrumented(browser, `${address}#/creative`);
  await page
    .getByRole('radio', { name: mode === 'carried' ? /state|carried/i : /window/i })
    .check({ force: true });
  const pad = page.getByRole('group', { name: 'Seed waveform', exact: true });
  await pad.focus();
  await page.waitForTimeout(1000);
  const milliseconds = [];
  for (let press = 0; press < PRESSES; press++) {
    const before = await page.evaluate(() => globalThis.requests.length);
    await page.keyboard.press(press % 10 < 5 ? 'ArrowUp' : 'ArrowDown');
    await page.waitForFunction(
      (count) => globalThis.requests.length > count && globalThis.requests.at(-1).milliseconds !== undefined,
      before,
    );
    milliseconds.push(await page.evaluate(() => globalThis.requests.at(-1).milliseconds));
  }
  const steps = await page.evaluate(() => globalThis.requests.at(-1).steps);
  await page.context().close();
  return { steps, milliseconds };
}

/**
 * Milliseconds from each pointer event of a drag to the end of the frame that shows a continuation of the seed with
 * that event in it, while `predict#train` trains.
 */
export async function measureDrag({ browser, address }) {
  const page = await openInstrumented(browser, `${address}#/predict`);
  const iteration = page.getByRole('status', { name: 'Iteration', exact: true });
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  const trained = await waitForIteration(page, iteration, 30);
  await page.evaluate(() => {
    location.hash = '#/creative';
  });
  await page.locator('figure[aria-label="Generated sequence"] path').first().waitFor();
  await drag(page);
  const latencies = await page.evaluate(() => globalThis.latencies());
  await page.evaluate(() => {
    location.hash = '#/predict';
  });
  await waitForIteration(page, iteration, trained + 10);
  await page.context().close();
  return latencies;
}

async function waitForIteration(page, reading, goal) {
  for (;;) {
    const iteration = Number(await reading.textContent());
    if (iteration >= goal) return iteration;
    await page.waitForTimeout(100);
  }
}

/** A wave drawn to and fro over the pad, a pointer event about every screen frame. */
async function drag(page) {
  const pad = page.getByRole('group', { name: 'Seed waveform', exact: true });
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  const at = (move) => [
    box.x + box.width * (0.5 + 0.45 * Math.sin(move / 25)),
    box.y + box.height * (0.5 + 0.25 * Math.sin(move / 7)),
  ];
  await page.mouse.move(...at(0));
  await page.mouse.down();
  for (let move = 1; move <= MOVES; move++) {
    await page.mouse.move(...at(move));
    await page.waitForTimeout(12);
  }
  await page.mouse.up();
  await page.waitForTimeout(1000);
}

async function openInstrumented(browser, address) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(instrument);
  await page.goto(address);
  await page.getByRole('status', { name: 'Device', exact: true }).waitFor();
  return page;
}

/**
 * In the page: `requests`, every call of the worker's `generate` with its times; `latencies()`, one for each pointer
 * event. An event is answered by the first request made after it, which carries the newest seed; the answer is on the
 * screen at the end of the first frame in which the continuation is drawn after its arrival.
 */
function instrument() {
  const requests = [];
  const events = [];
  /** When a frame that drew a continuation ended. */
  const painted = [];
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function postMessage(message, ...rest) {
    if (message?.path?.at(-1) === 'generate') {
      const request = { made: performance.now() };
      requests.push(request);
      this.addEventListener('message', function answered({ data }) {
        if (data?.id !== message.id) return;
        this.removeEventListener('message', answered);
        request.answered = performance.now();
        request.milliseconds = data.value?.milliseconds;
        request.steps = data.value?.sequences?.[0]?.length;
      });
    }
    return post.call(this, message, ...rest);
  };
  const note = (event) => {
    if (event.buttons > 0) events.push(event.timeStamp);
  };
  addEventListener('pointermove', note, { capture: true });

  const afterFrame = new MessageChannel();
  afterFrame.port1.addEventListener('message', () => painted.push(performance.now()));
  afterFrame.port1.start();
  const observer = new MutationObserver((records) => {
    const drawn = records.some(({ target }) => target.closest?.('figure[aria-label="Generated sequence"]'));
    // Drawing is done in a frame's callbacks, so this message comes after that frame.
    if (drawn) afterFrame.port2.postMessage(null);
  });
  observer.observe(document, { subtree: true, childList: true, attributeFilter: ['d'] });

  globalThis.requests = requests;
  globalThis.latencies = () =>
    events.flatMap((event) => {
      const request = requests.find(({ made, answered }) => made >= event && answered !== undefined);
      const end = request && painted.find((time) => time >= request.answered);
      return end === undefined ? [] : [end - event];
    });
}
