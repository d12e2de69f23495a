import { createServer, type Server } from "node:http";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import sirv from "sirv";
import { Gatewright, expect, test } from "./page";
import { Keeping } from "./keeping-page";

const dist = fileURLToPath(new URL("../../dist", import.meta.url));
const files = sirv(dist, { dev: true });

/** A server of its own, which can go away and can serve a worker of another build. */
class Site {
  build = "";
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      if (request.url?.startsWith("/offline.js") && this.build) {
        const worker = readFileSync(`${dist}/offline.js`, "utf8");
        response.setHeader("content-type", "text/javascript");
        response.end(worker.replace(/const BUILD = "[^"]*"/, `const BUILD = "${this.build}"`));
      } else {
        files(request, response, () => response.writeHead(404).end());
      }
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((ready) => this.server.listen(0, "127.0.0.1", ready));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}

const controlled = () => new Promise<void>((ready) => {
  if (navigator.serviceWorker.controller) ready();
  else navigator.serviceWorker.addEventListener("controllerchange", () => ready());
});

test("after a first visit everything works without the network", async ({ page }) => {
  const site = new Site();
  const address = await site.open();
  await page.goto(address);
  await page.evaluate(controlled);
  await site.close();
  await page.goto(address);
  const gatewright = new Gatewright(page);
  await expect(gatewright.scrubber).toBeVisible();
  await gatewright.replaceInPolicy('"max": 10', '"max": 20');
  await expect(gatewright.verdict).toContainText("100 of 3,600 calls allowed.");
  const keeping = new Keeping(page);
  await keeping.untilSaved();
  expect(await keeping.link()).toContain("#v1:z:");
});

test("a new build waits until it is asked for, and replaces the old one whole", async ({ page }) => {
  const site = new Site();
  await page.goto(await site.open());
  await page.evaluate(controlled);
  site.build = "another";
  await page.reload();
  const gatewright = new Gatewright(page);
  const update = page.getByRole("region", { name: "New version" });
  // The whole build is fetched first, past the browser's cache.
  await expect(update).toContainText("New version ready.", { timeout: 20_000 });
  await gatewright.replaceInPolicy('"max": 10', '"max": 20');
  const caches = () => page.evaluate(() => window.caches.keys());
  expect(await caches()).toHaveLength(2);
  await Promise.all([page.waitForEvent("load"), update.getByRole("button", { name: "Reload" }).click()]);
  await expect.poll(() => gatewright.policyText()).toMatch(/"max": 20,/);
  await expect(update).toBeHidden();
  expect(await caches()).toEqual(["gatewright-another"]);
  await site.close();
});

test("a build that cannot be fetched whole leaves the old one in place", async ({ page }) => {
  const site = new Site();
  const address = await site.open();
  await page.goto(address);
  await page.evaluate(controlled);
  const outcome = await page.evaluate(async () => {
    const cache = await caches.open("gatewright-broken");
    return cache.addAll(["./", "missing.js"]).then(() => "kept", () => cache.keys().then((keys) => keys.length));
  });
  expect(outcome).toBe(0);
  await site.close();
});

test("the page can be installed", async ({ gatewright, page }) => {
  await gatewright.open();
  const manifest = await page.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="manifest"]');
    return (await fetch(link?.href ?? "")).json();
  });
  expect(manifest).toMatchObject({ name: "Gatewright", display: "standalone", start_url: "./" });
  for (const { src } of manifest.icons as { src: string }[]) {
    expect((await page.request.get(new URL(src, page.url()).href)).ok(), src).toBe(true);
  }
});
