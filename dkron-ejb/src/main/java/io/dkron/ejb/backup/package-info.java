/**
 * Backups of jobs on their way into the store: received into a file, checked whole, stored step by step, so that neither a
 * server's memory nor a commit has to hold all of one. Knows no HTTP.
 */
package io.dkron.ejb.backup;
