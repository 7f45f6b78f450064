// What somebody on call writes at three in the morning with Knock's Node SDK:
// list the pending runs of a workflow, cancel them one by one, and list again
// until there are none. It knows Knock's limits and stays below them: a page every
// 208 ms, as knockops reads them, where 5 a second are allowed, and 50 cancels
// under way, which is a little less than 1,000 a second at an answer in 50 ms.
//
//   node sweep-plain.mjs WORKFLOW [--freeze] [FILE]
//
// FILE has a cancellation key and its recipient on each line, with a tab between
// them; then the first round needs no list, and later ones are about these keys.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import Knock from "@knocklabs/node";

const args = parseArgs({ options: { freeze: { type: "boolean" } }, allowPositionals: true });
const [workflow, file] = args.positionals;
const knock = new Knock({ maxRetries: 10 });

async function freeze() {
  const { KNOCK_MANAGEMENT_BASE_URL: base, KNOCK_SERVICE_TOKEN: token } = process.env;
  const answer = await fetch(`${base}/v1/workflows/${workflow}/activate?environment=development`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ status: false }),
  });
  if (!answer.ok) throw new Error(`freeze: ${answer.status} ${await answer.text()}`);
}

const listed = file
  ? readFileSync(file, "utf8").trim().split("\n").map((line) => {
      const [key, recipient] = line.split("\t");
      return { key, recipient };
    })
  : [];
const keys = new Set(listed.map(({ key }) => key));

async function* pending() {
  let next = sleep(208);
  let page = await knock.workflowRecipientRuns.list({ workflow, status: ["queued", "processing", "paused"], page_size: 50 });
  for (;;) {
    for (const run of page.getPaginatedItems()) {
      const key = run.trigger_source.cancellation_key;
      if (key && (!file || keys.has(key))) yield { key, recipient: run.recipient };
    }
    if (!page.hasNextPage()) return;
    await next;
    next = sleep(208);
    page = await page.getNextPage();
  }
}

// cancelAll cancels what runs has, 50 at a time, and returns how many that were.
async function cancelAll(runs) {
  let n = 0;
  const work = async () => {
    for await (const { key, recipient } of runs) {
      n++;
      await knock.workflows.cancel(workflow, { cancellation_key: key, recipients: [recipient] });
    }
  };
  await Promise.all(Array.from({ length: 50 }, work));
  return n;
}

if (args.values.freeze) await freeze();
if (file) console.log(`${await cancelAll(listed.values())} cancelled from the file`);
for (let n = -1; n !== 0; ) {
  n = await cancelAll(pending());
  console.log(`${n} were pending`);
  await sleep(n && 1000);
}
