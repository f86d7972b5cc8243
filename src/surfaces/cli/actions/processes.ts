import { formatDuration } from '../../../core/duration.js';
import type { ProcessRow } from '../../../ports/process-store.js';
import type { ProcessesFlags } from '../commands/processes.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { colorStatus } from '../output/marks.js';
import { shortId } from '../output/short-id.js';
import { table } from '../output/table.js';
import { formatTime, isoTime } from '../output/times.js';
import { openSession } from '../session.js';

/** Lists processes. */
export async function processes(context: CommandContext, { status, workflow, limit }: ProcessesFlags): Promise<ExitCode> {
  const { printer, io } = context;
  const session = await openSession(context, { existing: true, workflows: 'none' });
  try {
    const rows = await session.engine.list({ limit, ...(status ? { status } : {}), ...(workflow === undefined ? {} : { workflow }) });
    const shown = io.stdout.isTTY ? shortId : (id: string) => id;
    await printer.print(rows.map(record), () =>
      rows.length === 0
        ? 'There are no such processes.'
        : table(
            ['id', 'workflow', 'status', 'started', 'took', 'by'],
            rows.map((row) => [
              shown(row.id),
              row.workflow,
              colorStatus(row.status, printer.style),
              formatTime(row.createdAt),
              took(row),
              row.createdBy ?? '',
            ]),
            printer.style,
          ),
    );
    return EXIT.done;
  } finally {
    await session.close();
  }
}

function record({
  id,
  workflow,
  target,
  product,
  status,
  idempotencyKey,
  createdBy,
  createdAt,
  updatedAt,
  endedAt,
  failure,
}: ProcessRow): object {
  const times = { createdAt: isoTime(createdAt), updatedAt: isoTime(updatedAt), endedAt: isoTime(endedAt) };
  return { type: 'process', id, workflow, target, product, status, idempotencyKey, createdBy, ...times, failure };
}

function took({ createdAt, endedAt }: ProcessRow): string {
  return endedAt === undefined ? '' : formatDuration(endedAt - createdAt);
}
