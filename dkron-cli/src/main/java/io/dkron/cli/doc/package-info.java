/** The reference, made from the commands and the table of settings. */
package io.dkron.cli.doc;
