/** What holds for every request: who may ask, how much may be sent, which headers every answer has. */
package io.dkron.jaxrs.filter;
