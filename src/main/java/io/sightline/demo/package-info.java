/** What a trial needs and production does not: a Kafka broker in its own process, and a seeded feed with its truth. */
@NullMarked
package io.sightline.demo;

import org.jspecify.annotations.NullMarked;
