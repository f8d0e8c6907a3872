/** Certificates and keys in PEM files, and what TLS makes of them. Who is asked, and who is believed, is said elsewhere. */
package io.dkron.agent.pem;
