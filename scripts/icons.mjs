/** `npm run icons`: the mark of the lab as PNGs for home screens, drawn by Chromium from public/icon.svg. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { ensureChromium } from './chromium.mjs';
import { isMain, main, ROOT } from './shell.mjs';

/** A maskable icon is cut to a circle of four fifths: its mark keeps clear of the rim. */
const ICONS = [
  { file: 'icon-192.png', size: 192, share: 0.8 },
  { file: 'icon-512.png', size: 512, share: 0.8 },
  { file: 'icon-maskable-512.png', size: 512, share: 0.56 },
];

async function draw() {
  const { path } = await ensureChromium();
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath: path, args });
  try {
    const page = await browser.newPage();
    const mark = `data:image/svg+xml;base64,${readFileSync(join(ROOT, 'public', 'icon.svg')).toString('base64')}`;
    for (const { file, size, share } of ICONS) {
      await page.setViewportSize({ width: size, height: size });
      await page.setContent(
        `<body style="margin:0;height:100vh;display:grid;place-items:center;background:#fff"><img src="${mark}" style="width:${share * 100}%"></body>`,
      );
      await page.screenshot({ path: join(ROOT, 'public', file) });
      console.log(`public/${file}`);
    }
  } finally {
    await browser.close();
  }
}

if (isMain(import.meta.url)) await main(draw);
