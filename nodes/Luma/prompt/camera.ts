/** One named camera move of Luma: its stored value, its name on screen and its words in a prompt. */
interface CameraMoveEntry {
	value: CameraMove;
	label: string;
	phrase: string;
}

const MOVES = [
	{ value: 'aerial', label: 'Aerial', phrase: 'aerial shot' },
	{ value: 'aerialDrone', label: 'Aerial Drone', phrase: 'aerial drone shot' },
	{ value: 'boltCam', label: 'Bolt Cam', phrase: 'bolt cam shot' },
	{ value: 'craneDown', label: 'Crane Down', phrase: 'camera cranes down' },
	{ value: 'craneUp', label: 'Crane Up', phrase: 'camera cranes up' },
	{ value: 'dollyZoom', label: 'Dolly Zoom', phrase: 'dolly zoom' },
	{ value: 'elevatorDoors', label: 'Elevator Doors', phrase: 'elevator doors shot' },
	{ value: 'eyeLevel', label: 'Eye Level', phrase: 'eye level shot' },
	{ value: 'groundLevel', label: 'Ground Level', phrase: 'ground level shot' },
	{ value: 'handheld', label: 'Handheld', phrase: 'handheld camera' },
	{ value: 'highAngle', label: 'High Angle', phrase: 'high angle shot' },
	{ value: 'lowAngle', label: 'Low Angle', phrase: 'low angle shot' },
	{ value: 'orbitLeft', label: 'Orbit Left', phrase: 'camera orbits left' },
	{ value: 'orbitRight', label: 'Orbit Right', phrase: 'camera orbits right' },
	{ value: 'overTheShoulder', label: 'Over the Shoulder', phrase: 'over the shoulder shot' },
	{ value: 'overhead', label: 'Overhead', phrase: 'overhead shot' },
	{ value: 'panLeft', label: 'Pan Left', phrase: 'camera pans left' },
	{ value: 'panRight', label: 'Pan Right', phrase: 'camera pans right' },
	{ value: 'pedestalDown', label: 'Pedestal Down', phrase: 'camera pedestals down' },
	{ value: 'pedestalUp', label: 'Pedestal Up', phrase: 'camera pedestals up' },
	{ value: 'pov', label: 'POV', phrase: 'POV shot' },
	{ value: 'pullOut', label: 'Pull Out', phrase: 'camera pulls out' },
	{ value: 'pushIn', label: 'Push In', phrase: 'camera pushes in' },
	{ value: 'rollLeft', label: 'Roll Left', phrase: 'camera rolls left' },
	{ value: 'rollRight', label: 'Roll Right', phrase: 'camera rolls right' },
	{ value: 'selfie', label: 'Selfie', phrase: 'selfie shot' },
	{ value: 'static', label: 'Static', phrase: 'static camera' },
	{ value: 'tiltDown', label: 'Tilt Down', phrase: 'camera tilts down' },
	{ value: 'tiltUp', label: 'Tilt Up', phrase: 'camera tilts up' },
	{ value: 'tinyPlanet', label: 'Tiny Planet', phrase: 'tiny planet shot' },
	{ value: 'truckLeft', label: 'Truck Left', phrase: 'camera trucks left' },
	{ value: 'truckRight', label: 'Truck Right', phrase: 'camera trucks right' },
	{ value: 'zoomIn', label: 'Zoom In', phrase: 'camera zooms in' },
	{ value: 'zoomOut', label: 'Zoom Out', phrase: 'camera zooms out' },
] as const;

/** A camera move as a saved workflow stores it. */
export type CameraMove = (typeof MOVES)[number]['value'];

/** Luma's named camera moves, alphabetical by label. */
export const CAMERA_MOVES: readonly CameraMoveEntry[] = MOVES;

const PHRASES = new Map<string, string>(MOVES.map(({ value, phrase }) => [value, phrase]));

/** Whether `value`, which may come from an expression, names one of Luma's camera moves. */
export function isCameraMove(value: string): value is CameraMove {
	return PHRASES.has(value);
}

/** The words that ask Luma for a camera move; empty for a value that names none. */
export function cameraPhrase(value: string): string {
	return PHRASES.get(value) ?? '';
}
