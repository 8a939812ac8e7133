/** How soon an opened lesson can be used. */

/**
 * Opens both lessons `times` times, each in a browser context without a cache. Seconds from navigation to the first
 * frame that shows what is waited for; `pad`: from the first frame with a seed pad to the first with a continuation.
 */
export async function measureOpening({ browser, address }, times) {
  const predict = [];
  const creative = [];
  const pad = [];
  let device = '';
  for (let time = 0; time < times; time++) {
    const seen = await open(browser, `${address}#/predict`, 'play');
    predict.push(seen.at.play / 1000);
    // Play can be pressed before there is a device, a continuation cannot be painted without.
    const { at, device: opened } = await open(browser, `${address}#/creative`, 'continuation');
    device = opened;
    creative.push(at.continuation / 1000);
    pad.push((at.continuation - at.pad) / 1000);
  }
  return { predict, creative, pad, device };
}

async function open(browser, address, awaited) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(watchFrames);
  await page.goto(address);
  await page.waitForFunction((name) => globalThis.firstSeen[name] !== undefined, awaited);
  const at = await page.evaluate(() => globalThis.firstSeen);
  const device = await page.getByRole('status', { name: 'Device', exact: true }).textContent();
  await context.close();
  return { at, device };
}

/** In the page: notes at which frame, in milliseconds from navigation, each thing was first on the screen. */
function watchFrames() {
  const tests = {
    play: () =>
      [...document.querySelectorAll('button')].some(
        (button) => button.textContent.trim() === 'Play' && button.getAttribute('aria-disabled') !== 'true',
      ),
    pad: () => document.querySelector('[role=group][aria-label="Seed waveform"]'),
    continuation: () => document.querySelector('figure[aria-label="Generated sequence"] path'),
  };
  const firstSeen = {};
  globalThis.firstSeen = firstSeen;
  const look = (now) => {
    for (const [name, test] of Object.entries(tests)) {
      if (firstSeen[name] === undefined && test()) firstSeen[name] = now;
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
