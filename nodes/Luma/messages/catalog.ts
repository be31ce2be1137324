/**
 * The error catalog: what can go wrong between this package and PiAPI, what it means for the person who
 * runs the workflow, and what to do about it, in two sentences at most. A remedy never says to run again:
 * what that costs `endOfRun` knows.
 */
export const ERROR_CATALOG = {
	wrongKey: {
		title: 'PiAPI does not accept this key',
		remedy:
			"Check the PiAPI key: open the PiAPI credential, paste the 'API Key' again from app.piapi.ai (Keys) and save. n8n tests it at once.",
	},
	noCredential: {
		title: 'No PiAPI credential is chosen',
		remedy:
			'The list shows the tasks of your PiAPI account. Choose a credential in this node, then open the list again.',
	},
	planTooLow: {
		title: 'Your PiAPI plan does not include this',
		remedy: 'Change the plan at app.piapi.ai, or use a key of a workspace that has it.',
	},
	outOfBalance: {
		title: 'Your PiAPI balance is too low for this video',
		remedy: 'Top up at app.piapi.ai (Billing). Nothing was charged for this item.',
	},
	refusedInput: {
		title: 'PiAPI rejected the request',
		remedy:
			'Compare the fields of this node with what PiAPI says here, and correct them. Nothing was charged for this item.',
	},
	tooManyRequests: {
		title: 'PiAPI asks for fewer requests at a time',
		remedy: "Wait a minute, or lower 'Max Concurrency' in the options of this node.",
	},
	unknownTask: {
		title: 'PiAPI does not know this task',
		remedy:
			'Check the task ID, and that the credential belongs to the workspace that created the task. PiAPI deletes tasks after a while.',
	},
	taskGone: {
		title: 'PiAPI does not know this task any more',
		remedy:
			'PiAPI deletes tasks after a while. For a new video, which is paid, use Retry in the Executions list once more.',
	},
	tooManyTasks: {
		title: 'Your account has more tasks in this time than the node can list',
		remedy: 'Choose a shorter time, for example one month after the other.',
	},
	unreachable: {
		title: 'PiAPI could not be reached',
		remedy:
			"Check the 'Base URL' in the PiAPI credential and the network of your n8n. This request did not reach PiAPI, so nothing was charged for it.",
	},
	noAnswer: {
		title: 'The connection to PiAPI broke off before an answer came',
		remedy: 'This usually passes within minutes. If it stays, check the network of your n8n.',
	},
	serviceDown: {
		title: 'PiAPI is not working right now',
		remedy: 'This usually passes within minutes.',
	},
	unreadable: {
		title: 'The answer did not come from PiAPI, or only a part of it did',
		remedy:
			"Check the 'Base URL' in the PiAPI credential. If it is right, this usually passes within minutes.",
	},
	redirected: {
		title: "The 'Base URL' of the PiAPI credential redirects to another address",
		remedy:
			"Your key is not sent along to other addresses. Enter the final address as 'Base URL' in the PiAPI credential.",
	},
	notPiapi: {
		title: "There is no PiAPI at the 'Base URL' of the credential",
		remedy: "Open the PiAPI credential, correct the 'Base URL' and save. n8n tests it at once.",
	},
	unsafeBaseUrl: {
		title: 'The PiAPI credential needs a correction',
		remedy: "Open the PiAPI credential and correct the 'Base URL'.",
	},
	moderated: {
		title: "Luma's content check rejected this video",
		remedy: 'Rephrase the prompt or use another image. A rejected video is not charged.',
	},
	imageNotLoaded: {
		title: 'Luma could not load the image',
		remedy:
			'Open the link of the image in a private browser window: it has to show the image itself (JPG, PNG or WebP), without a login. The video is not charged.',
	},
	generationFailed: {
		title: 'Luma could not make this video',
		remedy:
			'The same prompt can work the next time; if it does not, change the prompt or the image. A video that was not made is not charged.',
	},
	cancelled: {
		title: 'The task was cancelled before the video was made',
		remedy: 'A cancelled task is not charged.',
	},
	withoutVideo: {
		title: 'PiAPI says that the video is finished, but gives no link to it',
		remedy: "Read the task with Task → Get and 'Simplify' switched off, and ask PiAPI about it.",
	},
	linkWithheld: {
		title: "PiAPI's link to the video holds a secret of your PiAPI credential, so it is not shown",
		remedy:
			'The video is paid and not lost: get it at app.piapi.ai by the ID of its task, and tell PiAPI about the link.',
	},
	timeLimit: {
		title: 'The video was not finished within the time limit',
		remedy:
			"PiAPI keeps working on it and nothing is lost: get the video with Task → Wait and the task ID. To wait longer, raise 'Timeout (Minutes)' in the options.",
	},
	creationUnconfirmed: {
		title: 'The video may have been created, but PiAPI never confirmed it',
		remedy: 'Look for it in the task list at app.piapi.ai, and get it with Task → Wait and its ID.',
	},
	spendLimit: {
		title: 'This video would exceed the spending limit of the node',
		remedy:
			"Raise 'Max Spend (USD)' in the options, or run fewer items. Nothing was created for this item.",
	},
	dailyLimit: {
		title: 'This video would exceed the daily spending limit of the PiAPI credential',
		remedy:
			"There is room again when videos of today are 24 hours old, or raise 'Daily Spending Limit (USD)' in the PiAPI credential. Nothing was created for this item.",
	},
	spendingUnknown: {
		title: "PiAPI's task list could not be read, so nothing was created",
		remedy:
			"Only the task list shows how much of the 'Daily Spending Limit (USD)' in the PiAPI credential is left: wait a minute, or set the limit to 0. Nothing was created for this item.",
	},
	balanceLimit: {
		title: "This video would take your balance below 'Keep Balance Above (USD)'",
		remedy:
			"Top up at app.piapi.ai (Billing), or lower 'Keep Balance Above (USD)' in the options. Nothing was created for this item.",
	},
	balanceUnknown: {
		title: 'Your PiAPI balance could not be read, so nothing was created',
		remedy:
			"Only the balance shows what 'Keep Balance Above (USD)' in the options leaves to spend: wait a minute, or remove the option. Nothing was created for this item.",
	},
	uploadPlan: {
		title: 'Your PiAPI plan does not include uploading images',
		remedy:
			'PiAPI takes image files from the Creator plan on: change the plan at app.piapi.ai, or host the image elsewhere and enter its link. No video was created for this item.',
	},
	uploadRefused: {
		title: 'PiAPI did not accept the image file',
		remedy:
			'Use a JPG, PNG or WebP image of at most 10 MB, or host the image elsewhere and enter its link. No video was created for this item.',
	},
	notCompleted: {
		title: 'There is nothing to download, because the task is not completed',
		remedy: 'Wait for the video with Task → Wait, then download it.',
	},
	withoutFile: {
		title: 'PiAPI has none of the chosen files for this task',
		remedy: 'Choose Video among the files to download.',
	},
	linkExpired: {
		title: 'The link to the file does not work any more',
		remedy:
			'PiAPI keeps files for a limited time: read the task again with Task → Get to see whether it has a fresh link. If not, ask PiAPI for the file soon, with the task ID.',
	},
	badLink: {
		title: 'The link does not lead to a file',
		remedy:
			'Open the link in a browser: it has to show the video or image itself. Read the task again with Task → Get for its links.',
	},
	downloadTooLarge: {
		title: "The file is larger than 'Max Download (MB)' allows",
		remedy:
			"Raise 'Max Download (MB)' in the options if your n8n has the memory and disk for it, or use the link instead of the file.",
	},
	downloadBrokeOff: {
		title: 'The file could not be downloaded completely',
		remedy:
			'The video is not lost, and downloading is free. If it breaks off again, check the network of your n8n.',
	},
	notStored: {
		title: 'n8n could not store the downloaded file',
		remedy:
			'Look at the free disk space and the binary data settings of your n8n. The video is not lost, and downloading is free.',
	},
	stopped: {
		title: 'The execution was stopped',
		remedy:
			"Tasks that had not started are cancelled, unless 'Cancel on Stop' is off. PiAPI keeps working on the others: find them with Task → Get Many, and get their videos with Task → Wait.",
	},
} as const;

export type PiapiErrorCode = keyof typeof ERROR_CATALOG;
