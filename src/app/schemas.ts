/** Must come before every schema: zod would else try `new Function`, which the page's policy forbids, and report it. */
import { z } from 'zod';

z.config({ jitless: true });
