import { openReferenceEngine } from '../../../gpu/index.ts';
import { describeEngineContract } from '../../support/engine-contract.ts';

describeEngineContract('reference', async () => openReferenceEngine());
