// Serves dist/ on a free loopback port for as long as the tests run.
import http from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import sirv from "sirv";

export default async function serve(): Promise<() => Promise<void>> {
  const files = sirv(fileURLToPath(new URL("../../dist", import.meta.url)), { dev: false });
  const server = http.createServer((request, response) =>
    files(request, response, () => {
      response.statusCode = 404;
      response.end();
    }),
  );
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  process.env.GATEWRIGHT_PAGE = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return () => new Promise((closed) => server.close(() => closed()));
}
