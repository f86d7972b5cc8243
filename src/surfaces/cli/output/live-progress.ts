import type { CliIo } from '../io.js';
import { moveLine, type Progress, type ProgressView, type StepMove } from './progress.js';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const INTERVAL = 100;

/**
 * Steps on a terminal, each on a line of its own.
 *
 * Lines of steps that run or wait stand at the bottom, and are drawn again and again: a spinner turns, a countdown counts. A step that
 * is done leaves its last line above them, for good.
 */
export class LiveProgress implements Progress {
  readonly #out: CliIo['stdout'];
  readonly #view: ProgressView;
  readonly #moving = new Map<string, StepMove>();
  #drawn = 0;
  #frame = 0;
  /** What was written without an end of line: it is kept until that comes, for drawing would wipe it out. */
  #unfinished = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(out: CliIo['stdout'], view: ProgressView) {
    this.#out = out;
    this.#view = view;
  }

  move(move: StepMove): void {
    const key = `${move.process} ${move.path}`;
    const moves = move.status === 'running' || move.status === 'waiting' || move.status === 'awaiting_callback';
    if (moves) this.#moving.set(key, move);
    else this.#moving.delete(key);
    this.#draw(moves ? '' : `${moveLine(move, this.#view, Date.now())}\n`);
    if (this.#moving.size > 0) this.#timer ??= setInterval(() => this.#tick(), INTERVAL);
    else this.#rest();
  }

  write(text: string): void {
    const whole = this.#unfinished + text;
    const end = whole.lastIndexOf('\n') + 1;
    this.#unfinished = whole.slice(end);
    if (end > 0) this.#draw(whole.slice(0, end));
  }

  stop(): void {
    this.#rest();
    const now = Date.now();
    const standing = [...this.#moving.values()].map((move) => `${moveLine(move, this.#view, now)}\n`).join('');
    this.#moving.clear();
    const rest = this.#unfinished === '' ? '' : `${this.#unfinished}\n`;
    this.#unfinished = '';
    this.#draw(rest + standing);
  }

  #tick(): void {
    this.#frame = (this.#frame + 1) % FRAMES.length;
    this.#draw('');
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Writes text for good where the moving lines stood, and those below it. */
  #draw(text: string): void {
    const now = Date.now();
    const room = Math.max(1, (this.#out.rows || 24) - 1);
    const lines = [...this.#moving.values()].slice(-room).map((move) => this.#fit(moveLine(move, this.#view, now, this.#mark(move))));
    const back = this.#drawn > 0 ? `\u001b[${this.#drawn}A\u001b[0J` : '';
    const drawing = back + text + lines.map((line) => `${line}\n`).join('');
    this.#drawn = lines.length;
    if (drawing !== '') this.#out.write(drawing);
  }

  #mark(move: StepMove): string | undefined {
    return move.status === 'running' ? this.#view.style.cyan(FRAMES[this.#frame] ?? '') : undefined;
  }

  /** A line that wrapped would take more rows than are counted. */
  #fit(line: string): string {
    const width = (this.#out.columns || 80) - 1;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are written with one
    const parts = line.split(/(\u001b\[\d+m)/);
    let left = width;
    return parts
      .map((part) => {
        if (part.startsWith('\u001b[')) return part;
        const kept = part.replaceAll('\n', ' ').slice(0, Math.max(0, left));
        left -= part.length;
        return kept;
      })
      .join('');
  }
}
