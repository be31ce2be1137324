import { describe, expect, it } from '@jest/globals';

import { CAMERA_MOVES, cameraPhrase, isCameraMove } from '../../../nodes/Luma/prompt/camera';

const SAVED_IN_WORKFLOWS =
	'static handheld zoomIn zoomOut pushIn pullOut panLeft panRight truckLeft truckRight tiltUp tiltDown ' +
	'pedestalUp pedestalDown craneUp craneDown orbitLeft orbitRight rollLeft rollRight dollyZoom boltCam ' +
	'aerial aerialDrone lowAngle highAngle groundLevel eyeLevel overhead overTheShoulder pov selfie ' +
	'tinyPlanet elevatorDoors';

describe('the camera moves', () => {
	it('keep the values that saved workflows contain', () => {
		expect(CAMERA_MOVES.map(({ value }) => value).sort()).toEqual(
			SAVED_IN_WORKFLOWS.split(' ').sort(),
		);
	});

	it('are listed alphabetically by label, as n8n shows options', () => {
		const labels = CAMERA_MOVES.map(({ label }) => label);
		expect(labels).toEqual([...labels].sort((a, b) => a.localeCompare(b, 'en')));
	});

	it('each have a label and a phrase of their own', () => {
		expect(new Set(CAMERA_MOVES.map(({ label }) => label)).size).toBe(CAMERA_MOVES.length);
		expect(new Set(CAMERA_MOVES.map(({ phrase }) => phrase)).size).toBe(CAMERA_MOVES.length);
	});

	it('put the words of their label into the phrase', () => {
		for (const { label, phrase, value } of CAMERA_MOVES) {
			expect(isCameraMove(value)).toBe(true);
			// "Orbit Left" asks with "orbits left": the stem is enough.
			for (const stem of label.toLowerCase().split(' ')) {
				expect(phrase.toLowerCase()).toContain(stem);
			}
		}
	});
});

it.each(['', 'orbit left', 'OrbitLeft', 'constructor', '__proto__', 'toString'])(
	'a camera value from an expression has no phrase when Luma has no such move: "%s"',
	(value) => {
		expect(isCameraMove(value)).toBe(false);
		expect(cameraPhrase(value)).toBe('');
	},
);
