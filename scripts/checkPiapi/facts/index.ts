import type { Fact } from '../fact';
import { accountFacts } from './account';
import { echoFacts } from './echo';
import { historyFacts } from './history';
import { taskFacts } from './task';

/** All that is checked, in the order in which it is shown. */
export const facts: Fact[] = [...accountFacts, ...historyFacts, ...taskFacts, ...echoFacts];
