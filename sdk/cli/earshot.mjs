#!/usr/bin/env node
// npm links no command whose file is missing when it installs, so this one is not compiled.
import '../dist/cli/main.js';
