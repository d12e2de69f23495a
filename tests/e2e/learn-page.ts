// Learning the smallest policy from a log, as a person meets it.
import type { Locator, Page } from "@playwright/test";

export class Learning {
  readonly section: Locator;
  readonly lesson: Locator;
  readonly learn: Locator;
  readonly use: Locator;

  constructor(readonly page: Page) {
    this.section = page.getByRole("region", { name: "Least privilege from this log" });
    this.lesson = this.section.locator(".lesson");
    this.learn = this.section.getByRole("button", { name: "Learn the smallest policy" });
    this.use = this.section.getByRole("button", { name: "Use the learned policy" });
  }

  /** Says how much of the log is held out, in percent. */
  async holdOut(percent: number): Promise<void> {
    await this.section.getByLabel("Held out, the last of the log").fill(String(percent));
  }

  /** Says how much is added to each limit, in percent. */
  async slack(percent: number): Promise<void> {
    await this.section.getByLabel("Slack of each limit").fill(String(percent));
  }

  /** Unfolds why each line is there. */
  async why(): Promise<Locator> {
    await this.section.getByText(/^The calls that each line rests on/).click();
    return this.section.locator(".rests");
  }
}

/** Reads of files below one folder, ten seconds apart, then one that is elsewhere. */
export function readings(calls: number): string {
  const lines = Array.from({ length: calls }, (_, call) => ({
    at: 1767607200000 + call * 10_000,
    tool: "read_file",
    args: { path: call === calls - 1 ? "/etc/hosts" : `/work/notes-${call}.md` },
    grant: "ci",
  }));
  return lines.map((line) => JSON.stringify(line)).join("\n");
}
