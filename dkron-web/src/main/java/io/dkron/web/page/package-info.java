/** What the dashboard's views are made of: addresses, words, assets. */
package io.dkron.web.page;
