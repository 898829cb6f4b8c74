/** The manifests in {@code k8s}: that Kubernetes knows their fields, and that they keep our rules. */
@NullMarked
package io.sightline.k8s;

import org.jspecify.annotations.NullMarked;
