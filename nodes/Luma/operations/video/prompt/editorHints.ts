import type { NodeHint } from 'n8n-workflow';

const STORYBOARD = '$parameter.promptMode === "storyboard"';
const SCENES = '($parameter.storyboard?.scenes?.scene?.length ?? 0)';
const HAS_TEN_SECONDS = '$parameter.operation === "textToVideo" && $parameter.duration === 10';

/** Shown in the editor beside the fields, before anything is paid. */
export const storyboardHints: NodeHint[] = [
	{
		message:
			"Three scenes and more need time. Text to Video with a 'Duration' of 10 seconds suits them: 3 scenes then have about 3.3 seconds each, 4 scenes 2.5 seconds.",
		location: 'ndv',
		whenToDisplay: 'beforeExecution',
		displayCondition: `={{ ${STORYBOARD} && ${SCENES} >= 3 && !(${HAS_TEN_SECONDS}) }}`,
	},
	{
		message:
			'Four scenes in 10 seconds have 2.5 seconds each, and more scenes even less. Fewer scenes are easier to recognise.',
		location: 'ndv',
		whenToDisplay: 'beforeExecution',
		displayCondition: `={{ ${STORYBOARD} && ${SCENES} >= 4 && ${HAS_TEN_SECONDS} }}`,
	},
];
