MERGE (h:FeedHead {id: 'feed'}) ON CREATE SET h.position = 0, h.epoch = randomUUID();
