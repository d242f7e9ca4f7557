// Takes one picture per flow from n8n's editor. Reads its orders as JSON on standard input:
// {browser, url, email, password, pictures: [{id, file}]}; writes "<file>" per line as each is done.
const { readFileSync } = require('fs');
const { chromium } = require('playwright-core');

// Room enough to show the widest flow at nearly its own size; the picture is cut to the flow.
const VIEWPORT = { width: 2880, height: 2000 };
const MARGIN = 32;

async function main({ browser: executablePath, url, email, password, pictures }) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const context = await browser.newContext({ viewport: VIEWPORT });
    const login = await context.request.post(`${url}/rest/login`, { data: { emailOrLdapLoginId: email, password } });
    if (!login.ok()) throw new Error(`n8n refused the login: ${login.status()} ${await login.text()}`);
    for (const { id, file } of pictures) {
      const page = await context.newPage();
      await take(page, `${url}/workflow/${id}`, file);
      await page.close();
      console.log(file);
    }
  } finally {
    await browser.close();
  }
}

async function take(page, address, file) {
  await page.goto(address);
  await page.locator('[data-test-id="canvas-node"]').first().waitFor();
  await page.locator('[data-test-id="zoom-to-fit"]').click();
  // The picture is of the flow alone: buttons and tabs that lie over the canvas are left out.
  await page.addStyleTag({ content: `
    body * { visibility: hidden !important }
    .vue-flow, .vue-flow__background, .vue-flow__background *, .vue-flow__viewport, .vue-flow__viewport *, marker, marker *
    { visibility: visible !important }` });
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(800); // the zoom is animated
  await page.screenshot({ path: file, clip: await page.evaluate(placeOfFlow, MARGIN) });
}

/** Runs in the page: the rectangle that all nodes and notes lie in. */
function placeOfFlow(margin) {
  const boxes = [...document.querySelectorAll('.vue-flow__node')].map((node) => node.getBoundingClientRect());
  const x = Math.min(...boxes.map(({ left }) => left)) - margin;
  const y = Math.min(...boxes.map(({ top }) => top)) - margin;
  const right = Math.max(...boxes.map((box) => box.right)) + 3 * margin;
  // Names and subtitles hang below their nodes, open outputs stick out to the right.
  const bottom = Math.max(...boxes.map((box) => box.bottom)) + 3 * margin;
  return { x, y, width: right - x, height: bottom - y };
}

main(JSON.parse(readFileSync(0, 'utf8'))).catch((problem) => {
  console.error(String(problem.stack ?? problem));
  process.exit(1);
});
