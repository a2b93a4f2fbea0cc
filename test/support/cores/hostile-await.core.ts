/** A core whose script awaits something at its top level, before or after it serves: its URL says what. */
import { command, createCore, serve } from 'corral/core';

const fault = self.location.search.slice(1);
const never = new Promise<never>(() => {});

if (fault === 'reject-before') await Promise.reject(new Error('rejected before'));
if (fault === 'never-before') await never;
if (fault === 'late') await new Promise((resolve) => setTimeout(resolve, 300));
serve(createCore({ name: 'awaiting', commands: { greet: command({ handler: () => 'hello' }) } }));
if (fault === 'reject-after') await Promise.reject(new Error('rejected after'));
if (fault === 'never-after') await never;
