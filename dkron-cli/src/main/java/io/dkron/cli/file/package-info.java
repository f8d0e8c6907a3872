/** Jobs as people keep them in files: finding the files, reading YAML and JSON. Asks no server. */
package io.dkron.cli.file;
