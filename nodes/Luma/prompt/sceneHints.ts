/** From so many scenes on, how short they are is worth a hint. */
const MANY_SCENES = 3;

/** Scenes of this length are long enough to be recognised. */
const ENOUGH_SECONDS = 3;

/**
 * What to know about a storyboard before paying: how short its scenes become.
 *
 * @param seconds length of the whole video
 */
export function sceneHints(sceneCount: number, seconds: number): string[] {
	const secondsPerScene = seconds / sceneCount;
	if (sceneCount < MANY_SCENES || secondsPerScene >= ENOUGH_SECONDS) return [];
	const length = `${sceneCount} scenes in ${seconds} seconds have about ${rounded(secondsPerScene)} seconds each`;
	const remedy =
		seconds < 10
			? "set 'Duration' of Text to Video to 10 seconds, or describe fewer scenes"
			: 'describe fewer scenes, or make a second video with the same subject, style and seed';
	return [`${length}: ${remedy}.`];
}

function rounded(seconds: number): number {
	return Math.round(seconds * 10) / 10;
}
