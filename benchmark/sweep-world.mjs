// The world that both sides of benchmark/sweep meet, and what is asked of the
// emulator itself while they work and afterwards.
//
//   node sweep-world.mjs seed file|crowd|runaway N FILE   makes the runs, prints how many are out of scope
//   node sweep-world.mjs watch OUTSIDE SECONDS            prints when only they were pending, in ms since 1970, or "never"; then how many are
//   node sweep-world.mjs left [UNTIL]                     prints what is pending as in-scope, out-of-scope, oldest in scope
//
// In scope is what is pending of invite-reminder, but for keys that begin with
// keep-. UNTIL leaves out what came after it, in ms since 1970.
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const { KNOCK_BASE_URL: base, KNOCK_API_KEY: key } = process.env;
const [what, ...args] = process.argv.slice(2);

// ask repeats what was refused by a limit: these requests are in no count.
async function ask(path, body) {
  for (;;) {
    const answer = await fetch(base + path, {
      method: body ? "POST" : "GET",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text);
    if (answer.status !== 429) throw new Error(`${path}: ${answer.status} ${text}`);
    await sleep(200);
  }
}

const numbered = (n, name) => Array.from({ length: n }, (_, i) => `${name}-${String(i).padStart(5, "0")}`);

// trigger triggers a workflow once for each key, some at a time, and returns how
// many runs that made.
async function trigger(workflow, keys, atATime, recipients) {
  const left = keys.entries();
  const work = async () => {
    for (const [i, cancellation_key] of left) {
      await ask(`/v1/workflows/${workflow}/trigger`, { recipients: recipients(i), cancellation_key, data: { invoice_id: cancellation_key } });
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return keys.length * recipients(0).length;
}

async function seed(kind, n, file) {
  const one = (i) => [`user_${i}`];
  const crowd = numbered(500, "crowd");
  let outside = 0;
  switch (kind) {
    case "file": {
      const keys = numbered(n, "key");
      await trigger("invite-reminder", keys, 40, one);
      outside += await trigger("invite-reminder", numbered(400, "keep"), 40, one);
      outside += await trigger("invoice-due", keys.slice(0, 400), 40, one);
      writeFileSync(file, keys.map((k, i) => `${k}\t${one(i)}\n`).join(""));
      break;
    }
    case "crowd": // one after the other, as a job that went wrong would
      await trigger("invite-reminder", numbered(n, "key"), 1, () => crowd);
      outside += await trigger("invoice-due", numbered(n, "key"), 40, () => crowd.slice(0, 5));
      break;
    case "runaway": // which the emulator makes itself
      outside += await trigger("invoice-due", numbered(n, "runaway-invite-reminder"), 40, () => crowd.slice(0, 5));
      break;
    default:
      throw new Error(`seed what? ${kind}`);
  }
  console.log(outside);
}

async function watch(outside, seconds) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const { runs } = await ask("/_emulator/stats");
    const pending = runs.queued + runs.processing + runs.paused - outside;
    if (pending <= 0 || Date.now() >= end) {
      console.log(pending <= 0 ? Date.now() : "never", pending);
      return;
    }
    await sleep(Math.min(100, end - Date.now()));
  }
}

async function left(until) {
  let inside = 0, outside = 0, oldest = "";
  for (const workflow of ["invite-reminder", "invoice-due"]) {
    const query = new URLSearchParams({ workflow, page_size: 50 });
    for (const status of ["queued", "processing", "paused"]) query.append("status[]", status);
    if (until) query.set("ending_at", new Date(+until).toISOString());
    for (let more = true; more; ) {
      const page = await ask(`/v1/workflow_recipient_runs?${query}`);
      for (const run of page.items) {
        if (workflow !== "invite-reminder" || run.trigger_source.cancellation_key?.startsWith("keep-")) {
          outside++;
        } else {
          inside++;
          if (!oldest || run.inserted_at < oldest) oldest = run.inserted_at;
        }
      }
      more = page.page_info.after !== null;
      query.set("after", page.page_info.after);
    }
  }
  console.log(inside, outside, oldest && Date.parse(oldest));
}

if (what === "seed") await seed(args[0], +args[1], args[2]);
else if (what === "watch") await watch(+args[0], +args[1]);
else if (what === "left") await left(args[0]);
else throw new Error(`do what? ${what}`);
