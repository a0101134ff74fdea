"""Taking out of compiled code what it has noted: events, invalidations, costs, marks."""
