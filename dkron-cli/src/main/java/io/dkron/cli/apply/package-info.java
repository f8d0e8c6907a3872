/** Makes a server's jobs those of files: checks them, tells what differs, changes it in an order that holds. */
package io.dkron.cli.apply;
