/** Hands what was trained to a person: one hand-over at a time, which can be stopped. */
import type { ExportCommand, ExportEvent } from '../protocol/exportMessages';
import type { Exported } from './exporter';
import { asZip, bytesOf, intoFolder } from './handOver';

/** Between two messages about a hand-over. */
const TELL_EVERY_MS = 250;

type Asked = Extract<ExportCommand, { type: 'export' }>;

/** As file systems take it. */
const folderName = ({ record, form }: Asked, step: number) => `${record.name.replace(/[\\/:*?"<>|\s]+/g, ' ').trim().slice(0, 80) || 'run'} ${form} step ${step}`.replaceAll(' ', '-');

export class ExportDesk {
  private stop: AbortController | undefined;

  constructor(private readonly post: (event: ExportEvent) => void, private readonly filesFor: (command: Asked) => Promise<Exported>) {}

  async handle(command: ExportCommand): Promise<void> {
    this.stop?.abort();
    if (command.type === 'stop_exporting') return;
    const stop = new AbortController();
    this.stop = stop;
    const { runId, into } = command;
    try {
      const { step, files } = await this.filesFor(command);
      const name = folderName(command, step);
      const of = bytesOf(files);
      let told = 0;
      const progress = (bytes: number) => {
        const now = performance.now();
        if (now - told < TELL_EVERY_MS) return;
        told = now;
        this.post({ type: 'exporting', runId, bytes, of });
      };
      const handing = { signal: stop.signal, progress };
      if (into) await intoFolder(files, into, name, handing);
      const file = into ? undefined : await asZip(files, handing);
      this.post({ type: 'exported', runId, step, name: into ? name : `${name}.zip`, file });
    } catch (error) {
      const sentence = stop.signal.aborted ? 'It was stopped; nothing was written.' : `${(error as Error).message.replace(/\.$/, '')}.`;
      this.post({ type: 'unexported', runId, sentence: `${sentence[0].toUpperCase()}${sentence.slice(1)}` });
    } finally {
      if (this.stop === stop) this.stop = undefined;
    }
  }
}
