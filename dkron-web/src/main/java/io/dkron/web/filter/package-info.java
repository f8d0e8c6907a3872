/** The dashboard's door: addresses become views, every answer carries the security headers. */
package io.dkron.web.filter;
