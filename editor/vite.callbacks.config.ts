import { page } from './vite.page.config.js';

export default page('callbacks');
