/** What apps show of this server: its name, its icon and where to read about it. */
import { VERSION } from '../core/version.ts';

/** An invoice on a rounded square, as the bundle has it. In the answer itself, so that no app has to fetch it. */
const ICON = [
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">',
  '<rect width="32" height="32" rx="7" fill="#1f4e79"/><rect x="8.5" y="6" width="15" height="20" rx="1.5" fill="#fff"/>',
  '<path stroke="#1f4e79" stroke-width="1.5" d="M11 9.5h6M15.5 22.5h5.5"/>',
  '<path stroke="#93b0cc" d="M11 13.5h10M11 16h10M11 18.5h8"/></svg>',
].join('');

export const SERVER_INFO = {
  name: 'lucanto-mcp',
  title: 'Lucanto',
  version: VERSION,
  websiteUrl: 'https://lucanto.eu',
  icons: [
    {
      src: `data:image/svg+xml;base64,${Buffer.from(ICON).toString('base64')}`,
      mimeType: 'image/svg+xml',
      sizes: ['any'],
    },
  ],
};
