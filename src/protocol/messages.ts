/**
 * The whole conversation between the page and the engine's worker, a file a topic. Commands are imperative, events are past facts; every
 * event of a run carries its `runId`, so that late events of a dead run are dropped in one line.
 */
import type { DeviceCommand, DeviceEvent } from './deviceMessages';
import type { ExportCommand, ExportEvent } from './exportMessages';
import type { Fault } from './faults';
import type { InspectionCommand, InspectionEvent } from './inspectionMessages';
import type { KeyCommand, KeyEvent } from './keyMessages';
import type { ModelCommand, ModelEvent } from './modelMessages';
import type { PlanCommand, PlanEvent } from './planMessages';
import type { PredictionCommand, PredictionEvent } from './predictionMessages';
import type { PreviewCommand, PreviewEvent } from './previewMessages';
import type { RowsCommand } from './rowMessages';
import type { RunCommand, RunEvent, RunId } from './runMessages';
import type { ScoreCommand, ScoreEvent } from './scoreMessages';
import type { WritingCommand, WritingEvent } from './writingMessages';

export type ToEngine = DeviceCommand | PlanCommand | RunCommand | InspectionCommand | KeyCommand | PreviewCommand | ModelCommand | RowsCommand | WritingCommand | ScoreCommand | PredictionCommand | ExportCommand;

export type FromEngine = DeviceEvent | PlanEvent | RunEvent | InspectionEvent | KeyEvent | PreviewEvent | ModelEvent | WritingEvent | ScoreEvent | PredictionEvent | ExportEvent | { type: 'fault'; runId?: RunId; fault: Fault };
