/** A service whose share links show a page with the file: neither Luma nor anybody else gets the file there. */
interface ShareService {
	name: string;
	isPage: (link: URL) => boolean;
	/** What to use instead. */
	direct: (link?: URL) => string;
}

const GOOGLE_FILE = 'https://drive.google.com/uc?export=download&id=';
const GOOGLE_ID = /[\w-]{25,60}/;

const SERVICES: readonly ShareService[] = [
	{
		name: 'Google Drive',
		isPage: ({ hostname, pathname }) =>
			(hostname === 'drive.google.com' && !/^\/(uc|thumbnail)$/.test(pathname)) ||
			(hostname === 'docs.google.com' && pathname.startsWith('/file/')),
		direct: (link) => {
			const id = GOOGLE_ID.exec(link ? link.pathname + link.search : '')?.[0];
			return id ? `${GOOGLE_FILE}${id}` : `${GOOGLE_FILE} with the ID of the file behind it`;
		},
	},
	{
		name: 'Dropbox',
		isPage: ({ hostname, search }) =>
			/^((www|m)\.)?dropbox\.com$/.test(hostname) && !/[?&](dl|raw)=1/.test(search),
		direct: () => 'the same link with dl=1 at its end, in place of dl=0',
	},
	{
		name: 'OneDrive',
		isPage: ({ hostname, pathname, search }) =>
			/^(1drv\.ms|onedrive\.live\.com|[\w-]+\.sharepoint\.com)$/.test(hostname) &&
			!/^\/download|[?&]download=1/.test(pathname + search),
		direct: () => 'the same link with download=1 at its end, behind a ? or &',
	},
];

/** The service that shows a page at this link. */
export function shareServiceOf(link: URL): ShareService | undefined {
	return SERVICES.find(({ isPage }) => isPage(link));
}

/** For a link that does not lead to its image. */
export const LINK_REMEDY =
	'Open the link in a private browser window: it has to show the image alone, without a login.';

/** For a link that leads to a page. */
export const PAGE_REMEDY = `${LINK_REMEDY} A share link shows a page. ${SERVICES.map(
	({ name, direct }) => `For ${name} use ${direct()}.`,
).join(' ')}`;
