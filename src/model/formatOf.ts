/** In which format each weight of a model is held. */
import { architectureOf } from './architectures';
import { frozenFormat } from './matrices';
import type { ModelConfig } from './modelConfig';
import type { Trained } from './method';
import { parameterSpecs } from './parameters';
import type { FormatOf } from './weights';

/** The method's format for the matrices that it leaves frozen; float32 for all else. */
export const formatOf = (config: ModelConfig, trained: Trained): FormatOf => frozenFormat(architectureOf(config), config, trained, parameterSpecs(config, trained));
