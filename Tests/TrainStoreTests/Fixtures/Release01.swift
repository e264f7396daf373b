/// Written by `FixtureWriter`. Frozen with its release: a test that no longer agrees with it has found a store that
/// can't be opened any more.
enum Release01 {
  static let sql = ###"""
    PRAGMA application_id = 1953656420;
    PRAGMA user_version = 1;
    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
    CREATE TABLE meta (
      key TEXT NOT NULL PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE job (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      spec TEXT NOT NULL,
      version TEXT NOT NULL,
      provider TEXT NOT NULL,
      state TEXT NOT NULL,
      identity TEXT NOT NULL,
      created INTEGER NOT NULL,
      changed INTEGER NOT NULL,
      finished INTEGER,
      owes INTEGER NOT NULL,
      record TEXT NOT NULL,
      machine TEXT NOT NULL
    ) STRICT;
    CREATE INDEX job_state ON job (state);
    CREATE INDEX job_owes ON job (number) WHERE owes = 1;
    CREATE INDEX job_changed ON job (changed);
    CREATE INDEX job_spec ON job (spec);
    CREATE TABLE publication (
      job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
      registry TEXT NOT NULL,
      position INTEGER NOT NULL,
      state TEXT NOT NULL,
      bytes_sent INTEGER NOT NULL,
      remote_id TEXT,
      url TEXT,
      machine TEXT NOT NULL,
      PRIMARY KEY (job, registry)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE receipt (
      job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
      registry TEXT NOT NULL,
      number INTEGER NOT NULL,
      "offset" INTEGER NOT NULL,
      length INTEGER NOT NULL,
      token TEXT NOT NULL,
      PRIMARY KEY (job, registry, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE event (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
      time INTEGER NOT NULL,
      from_state TEXT NOT NULL,
      to_state TEXT NOT NULL,
      reason TEXT,
      attempt INTEGER NOT NULL,
      actor_uid INTEGER,
      actor_user TEXT,
      message TEXT,
      detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX event_job ON event (job);
    CREATE TABLE tombstone (
      id TEXT NOT NULL PRIMARY KEY,
      spec TEXT NOT NULL,
      version TEXT NOT NULL,
      identity TEXT NOT NULL,
      state TEXT NOT NULL,
      pruned INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO grdb_migrations VALUES ('0001-jobs');
    INSERT INTO meta VALUES ('created-by','traind 0.1');
    INSERT INTO job VALUES (1,'queued@1.0','queued','1.0','here','queued','1dqueued',1790000000000,1790000090000,NULL,1,'{"origin":{"submitted":{"_0":{"uid":1000,"user":"ada"}}},"spec":{"attempts":2,"limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"modelName":"models/queued","name":"queued","provider":"here","publish":[{"options":{"stage":"prod"},"registry":"shelf"}],"start":"apply","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300},"version":{"fixed":{"_0":"1.0"}},"written":{"provider":"here","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300}}}}','{"attempt":1,"attemptsForgiven":0,"inSpool":false,"logsOwed":[],"publications":[],"rules":{"id":"queued@1.0","limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"registries":["shelf"],"retry":{"attempts":2,"first":[0,5000000000000000000],"most":[32,"9704189641294348288"]}},"state":{"queued":{"_0":{"adopt":true,"attempt":2,"since":1790000001000}}},"trained":false}');
    INSERT INTO job VALUES (10,'failed@1.0','failed','1.0','here','failed','1dfailed',1790000000000,1790000090000,1790000090000,0,'{"origin":{"submitted":{"_0":{"uid":1000,"user":"ada"}}},"spec":{"attempts":2,"limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"modelName":"models/failed","name":"failed","provider":"here","publish":[{"options":{"stage":"prod"},"registry":"shelf"}],"start":"apply","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300},"version":{"fixed":{"_0":"1.0"}},"written":{"provider":"here","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300}}}}','{"attempt":1,"attemptsForgiven":0,"inSpool":false,"logsOwed":[],"publications":[],"rules":{"id":"failed@1.0","limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"registries":["shelf"],"retry":{"attempts":2,"first":[0,5000000000000000000],"most":[32,"9704189641294348288"]}},"state":{"failed":{"_0":"attempts-exhausted","message":"exit 1"}},"trained":false}');
    INSERT INTO job VALUES (11,'cancelled@1.0','cancelled','1.0','here','cancelled','1dcancelled',1790000000000,1790000090000,1790000090000,0,'{"origin":{"submitted":{"_0":{"uid":1000,"user":"ada"}}},"spec":{"attempts":2,"limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"modelName":"models/cancelled","name":"cancelled","provider":"here","publish":[{"options":{"stage":"prod"},"registry":"shelf"}],"start":"apply","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300},"version":{"fixed":{"_0":"1.0"}},"written":{"provider":"here","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300}}}}','{"attempt":1,"attemptsForgiven":0,"inSpool":false,"logsOwed":[],"publications":[],"rules":{"id":"cancelled@1.0","limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"registries":["shelf"],"retry":{"attempts":2,"first":[0,5000000000000000000],"most":[32,"9704189641294348288"]}},"state":{"cancelled":{"_0":"cancelled-by-user","message":"by ada"}},"trained":false}');
    INSERT INTO job VALUES (13,'rich@1.0','rich','1.0','here','publishing','1drich',1790000000000,1790000093000,NULL,1,'{"origin":{"specDirectory":{}},"spec":{"attempts":2,"limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"modelName":"models/rich","name":"rich","provider":"here","publish":[{"options":{"stage":"prod"},"registry":"waiting"},{"options":{"stage":"prod"},"registry":"uploading"},{"options":{"stage":"prod"},"registry":"committing"},{"options":{"stage":"prod"},"registry":"committed"},{"options":{"stage":"prod"},"registry":"failed"}],"start":"apply","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300},"version":{"fixed":{"_0":"1.0"}},"written":{"provider":"here","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300}}}}','{"artifact":{"files":[{"bytes":1099511627776,"digests":{"crc32":7,"crc32c":4294967295,"md5":"bb","sha256":"aa"},"path":"model.bin"}],"sha256":"aa"},"attempt":4,"attemptsForgiven":2,"call":{"fault":{"code":"throttled","disposition":{"transient":{"after":[0,7000000000000000000]}},"effect":"unknown","hint":"wait","message":"could not ask"},"tries":3,"until":1790000077000},"hold":{"message":"not now","reason":"held-by-user"},"inSpool":true,"lastRun":{"accepted":1790000010000,"attempt":1,"handle":{"reference":"remote-7","state":{"boot":"b","pid":12,"share":0.5},"version":1},"queued":1790000010000,"started":1790000020000},"logsOwed":[{"call":{"fault":{"code":"throttled","disposition":{"transient":{"after":[0,7000000000000000000]}},"effect":"unknown","hint":"wait","message":"could not ask"},"tries":3,"until":1790000077000},"run":{"accepted":1790000010000,"attempt":1,"handle":{"reference":"remote-7","state":{"boot":"b","pid":12,"share":0.5},"version":1},"queued":1790000010000,"started":1790000020000}}],"progress":{"hasRun":true,"metrics":{"accuracy":0.5,"loss":2.0},"phase":{"failed":{"message":"out of memory"}},"progress":0.25,"status":"epoch 1/4"},"publications":[],"rules":{"id":"rich@1.0","limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"registries":["waiting","uploading","committing","committed","failed"],"retry":{"attempts":2,"first":[0,5000000000000000000],"most":[32,"9704189641294348288"]}},"state":{"publishing":{"_0":{"accepted":1790000010000,"attempt":1,"handle":{"reference":"remote-7","state":{"boot":"b","pid":12,"share":0.5},"version":1},"queued":1790000010000,"started":1790000020000}}},"trained":true}');
    INSERT INTO job VALUES (2,'submitting@1.0','submitting','1.0','here','submitting','1dsubmitting',1790000000000,1790000090000,NULL,1,'{"origin":{"submitted":{"_0":{"uid":1000,"user":"ada"}}},"spec":{"attempts":2,"limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"modelName":"models/submitting","name":"submitting","provider":"here","publish":[{"options":{"stage":"prod"},"registry":"shelf"}],"start":"apply","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300},"version":{"fixed":{"_0":"1.0"}},"written":{"provider":"here","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300}}}}','{"attempt":1,"attemptsForgiven":0,"inSpool":false,"logsOwed":[],"publications":[],"rules":{"id":"submitting@1.0","limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"registries":["shelf"],"retry":{"attempts":2,"first":[0,5000000000000000000],"most":[32,"9704189641294348288"]}},"state":{"submitting":{"_0":{"adopt":false,"asked":1790000003000,"attempt":1,"cancelRequested":true,"intended":1790000002000,"queuedSince":1790000001000}}},"trained":false}');
    INSERT INTO job VALUES (3,'submitted@1.0','submitted','1.0','here','submitted','1dsubmitted',1790000000000,1790000090000,NULL,1,'{"origin":{"submitted":{"_0":{"uid":1000,"user":"ada"}}},"spec":{"attempts":2,"limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"modelName":"models/submitted","name":"submitted","provider":"here","publish":[{"options":{"stage":"prod"},"registry":"shelf"}],"start":"apply","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300},"version":{"fixed":{"_0":"1.0"}},"written":{"provider":"here","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300}}}}','{"attempt":1,"attemptsForgiven":0,"inSpool":false,"logsOwed":[],"publications":[],"rules":{"id":"submitted@1.0","limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"registries":["shelf"],"retry":{"attempts":2,"first":[0,5000000000000000000],"most":[32,"9704189641294348288"]}},"state":{"submitted":{"_0":{"accepted":1790000010000,"attempt":1,"handle":{"reference":"remote-7","state":{"boot":"b","pid":12,"share":0.5},"version":1},"queued":1790000010000}}},"trained":false}');
    INSERT INTO job VALUES (4,'running@1.0','running','1.0','here','running','1drunning',1790000000000,1790000090000,NULL,1,'{"origin":{"submitted":{"_0":{"uid":1000,"user":"ada"}}},"spec":{"attempts":2,"limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"modelName":"models/running","name":"running","provider":"here","publish":[{"options":{"stage":"prod"},"registry":"shelf"}],"start":"apply","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300},"version":{"fixed":{"_0":"1.0"}},"written":{"provider":"here","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300}}}}','{"attempt":1,"attemptsForgiven":0,"inSpool":false,"logsOwed":[],"publications":[],"rules":{"id":"running@1.0","limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"registries":["shelf"],"retry":{"attempts":2,"first":[0,5000000000000000000],"most":[32,"9704189641294348288"]}},"state":{"running":{"_0":{"accepted":1790000010000,"attempt":1,"handle":{"reference":"remote-7","state":{"boot":"b","pid":12,"share":0.5},"version":1},"queued":1790000010000,"started":1790000020000}}},"trained":false}');
    INSERT INTO job VALUES (5,'backingOff@1.0','backingOff','1.0','here','backing-off','1dbackingOff',1790000000000,1790000090000,NULL,1,'{"origin":{"submitted":{"_0":{"uid":1000,"user":"ada"}}},"spec":{"attempts":2,"limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"modelName":"models/backingOff","name":"backingOff","provider":"here","publish":[{"options":{"stage":"prod"},"registry":"shelf"}],"start":"apply","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300},"version":{"fixed":{"_0":"1.0"}},"written":{"provider":"here","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300}}}}','{"attempt":1,"attemptsForgiven":0,"inSpool":false,"logsOwed":[],"publications":[],"rules":{"id":"backingOff@1.0","limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"registries":["shelf"],"retry":{"attempts":2,"first":[0,5000000000000000000],"most":[32,"9704189641294348288"]}},"state":{"backingOff":{"_0":{"message":"exit 1","nextAttempt":2,"until":1790000060000}}},"trained":false}');
    INSERT INTO job VALUES (6,'publishing@1.0','publishing','1.0','here','publishing','1dpublishing',1790000000000,1790000090000,NULL,1,'{"origin":{"submitted":{"_0":{"uid":1000,"user":"ada"}}},"spec":{"attempts":2,"limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"modelName":"models/publishing","name":"publishing","provider":"here","publish":[{"options":{"stage":"prod"},"registry":"shelf"}],"start":"apply","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300},"version":{"fixed":{"_0":"1.0"}},"written":{"provider":"here","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300}}}}','{"attempt":1,"attemptsForgiven":0,"inSpool":false,"logsOwed":[],"publications":[],"rules":{"id":"publishing@1.0","limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"registries":["shelf"],"retry":{"attempts":2,"first":[0,5000000000000000000],"most":[32,"9704189641294348288"]}},"state":{"publishing":{"_0":{"accepted":1790000010000,"attempt":1,"handle":{"reference":"remote-7","state":{"boot":"b","pid":12,"share":0.5},"version":1},"queued":1790000010000,"started":1790000020000}}},"trained":false}');
    INSERT INTO job VALUES (7,'cancelling@1.0','cancelling','1.0','here','cancelling','1dcancelling',1790000000000,1790000090000,NULL,1,'{"origin":{"submitted":{"_0":{"uid":1000,"user":"ada"}}},"spec":{"attempts":2,"limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"modelName":"models/cancelling","name":"cancelling","provider":"here","publish":[{"options":{"stage":"prod"},"registry":"shelf"}],"start":"apply","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300},"version":{"fixed":{"_0":"1.0"}},"written":{"provider":"here","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300}}}}','{"attempt":1,"attemptsForgiven":0,"inSpool":false,"logsOwed":[],"publications":[],"rules":{"id":"cancelling@1.0","limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"registries":["shelf"],"retry":{"attempts":2,"first":[0,5000000000000000000],"most":[32,"9704189641294348288"]}},"state":{"cancelling":{"_0":{"cause":"runTimeout","delivered":1790000040000,"forced":true,"run":{"accepted":1790000010000,"attempt":1,"handle":{"reference":"remote-7","state":{"boot":"b","pid":12,"share":0.5},"version":1},"queued":1790000010000,"started":1790000020000}}}},"trained":false}');
    INSERT INTO job VALUES (8,'withdrawing@1.0','withdrawing','1.0','here','cancelling','1dwithdrawing',1790000000000,1790000090000,NULL,1,'{"origin":{"submitted":{"_0":{"uid":1000,"user":"ada"}}},"spec":{"attempts":2,"limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"modelName":"models/withdrawing","name":"withdrawing","provider":"here","publish":[{"options":{"stage":"prod"},"registry":"shelf"}],"start":"apply","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300},"version":{"fixed":{"_0":"1.0"}},"written":{"provider":"here","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300}}}}','{"attempt":1,"attemptsForgiven":0,"inSpool":false,"logsOwed":[],"publications":[],"rules":{"id":"withdrawing@1.0","limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"registries":["shelf"],"retry":{"attempts":2,"first":[0,5000000000000000000],"most":[32,"9704189641294348288"]}},"state":{"withdrawing":{"_0":{"accepted":1790000010000,"attempt":1,"handle":{"reference":"remote-7","state":{"boot":"b","pid":12,"share":0.5},"version":1},"queued":1790000010000,"started":1790000020000}}},"trained":false}');
    INSERT INTO job VALUES (9,'done@1.0','done','1.0','here','done','1ddone',1790000000000,1790000090000,1790000090000,0,'{"origin":{"submitted":{"_0":{"uid":1000,"user":"ada"}}},"spec":{"attempts":2,"limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"modelName":"models/done","name":"done","provider":"here","publish":[{"options":{"stage":"prod"},"registry":"shelf"}],"start":"apply","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300},"version":{"fixed":{"_0":"1.0"}},"written":{"provider":"here","train":{"command":["train","--name=\"👩‍🚀 \\ \n\t\u0001\""],"deep":[[[{"x":null}]]],"epochs":9223372036854775807,"none":{},"on":true,"rate":1.0,"tiny":1e-300}}}}','{"attempt":1,"attemptsForgiven":0,"inSpool":false,"logsOwed":[],"publications":[],"rules":{"id":"done@1.0","limits":{"queue":[3,4659767778871345152],"run":[0,1500000000000000000],"stop":[16,4852094820647174144]},"registries":["shelf"],"retry":{"attempts":2,"first":[0,5000000000000000000],"most":[32,"9704189641294348288"]}},"state":{"done":{"_0":"completed-before-cancel"}},"trained":false}');
    INSERT INTO publication VALUES ('backingOff@1.0','shelf',0,'waiting',0,NULL,NULL,'{"attempt":1,"registry":"shelf","state":{"waiting":{}},"stopping":false}');
    INSERT INTO publication VALUES ('cancelled@1.0','shelf',0,'waiting',0,NULL,NULL,'{"attempt":1,"registry":"shelf","state":{"waiting":{}},"stopping":false}');
    INSERT INTO publication VALUES ('cancelling@1.0','shelf',0,'waiting',0,NULL,NULL,'{"attempt":1,"registry":"shelf","state":{"waiting":{}},"stopping":false}');
    INSERT INTO publication VALUES ('done@1.0','shelf',0,'waiting',0,NULL,NULL,'{"attempt":1,"registry":"shelf","state":{"waiting":{}},"stopping":false}');
    INSERT INTO publication VALUES ('failed@1.0','shelf',0,'waiting',0,NULL,NULL,'{"attempt":1,"registry":"shelf","state":{"waiting":{}},"stopping":false}');
    INSERT INTO publication VALUES ('publishing@1.0','shelf',0,'waiting',0,NULL,NULL,'{"attempt":1,"registry":"shelf","state":{"waiting":{}},"stopping":false}');
    INSERT INTO publication VALUES ('queued@1.0','shelf',0,'waiting',0,NULL,NULL,'{"attempt":1,"registry":"shelf","state":{"waiting":{}},"stopping":false}');
    INSERT INTO publication VALUES ('rich@1.0','committed',3,'committed',100,'v-1','https://registry.test/v-1','{"attempt":1,"registry":"committed","state":{"committed":{"_0":{"id":"v-1","url":"https://registry.test/v-1"},"bytes":100}},"stopping":false}');
    INSERT INTO publication VALUES ('rich@1.0','committing',2,'uploading',100,NULL,NULL,'{"attempt":1,"call":{"fault":{"code":"throttled","disposition":{"transient":{"after":[0,7000000000000000000]}},"effect":"unknown","hint":"wait","message":"could not ask"},"tries":1,"until":1790000057459},"registry":"committing","state":{"committing":{"_0":{"state":{"at":5,"upload":"u-1"},"version":2},"asked":1790000050000,"total":100}},"stopping":false}');
    INSERT INTO publication VALUES ('rich@1.0','failed',4,'failed',0,NULL,NULL,'{"attempt":1,"registry":"failed","state":{"failed":{"_0":"publish-refused","message":"could not ask"}},"stopping":false}');
    INSERT INTO publication VALUES ('rich@1.0','uploading',1,'uploading',40,NULL,NULL,'{"attempt":1,"registry":"uploading","state":{"uploading":{"_0":{"state":{"at":5,"upload":"u-1"},"version":2},"sent":40,"total":100}},"stopping":false}');
    INSERT INTO publication VALUES ('rich@1.0','waiting',0,'waiting',0,NULL,NULL,'{"attempt":1,"registry":"waiting","state":{"waiting":{}},"stopping":false}');
    INSERT INTO publication VALUES ('running@1.0','shelf',0,'waiting',0,NULL,NULL,'{"attempt":1,"registry":"shelf","state":{"waiting":{}},"stopping":false}');
    INSERT INTO publication VALUES ('submitted@1.0','shelf',0,'waiting',0,NULL,NULL,'{"attempt":1,"registry":"shelf","state":{"waiting":{}},"stopping":false}');
    INSERT INTO publication VALUES ('submitting@1.0','shelf',0,'waiting',0,NULL,NULL,'{"attempt":1,"registry":"shelf","state":{"waiting":{}},"stopping":false}');
    INSERT INTO publication VALUES ('withdrawing@1.0','shelf',0,'waiting',0,NULL,NULL,'{"attempt":1,"registry":"shelf","state":{"waiting":{}},"stopping":false}');
    INSERT INTO receipt VALUES ('rich@1.0','uploading',0,0,16777216,'"etag-0"');
    INSERT INTO receipt VALUES ('rich@1.0','uploading',1,16777216,5,'');
    INSERT INTO event VALUES (1,'queued@1.0',1790000000000,'queued','queued',NULL,1,NULL,NULL,NULL,'{}');
    INSERT INTO event VALUES (10,'backingOff@1.0',1790000090000,'queued','backing-off','training-failed',1,7,'bob','exit 1','{"remote_id":"remote-7"}');
    INSERT INTO event VALUES (11,'publishing@1.0',1790000000000,'queued','queued',NULL,1,NULL,NULL,NULL,'{}');
    INSERT INTO event VALUES (12,'publishing@1.0',1790000090000,'queued','publishing',NULL,1,7,'bob',NULL,'{"remote_id":"remote-7"}');
    INSERT INTO event VALUES (13,'cancelling@1.0',1790000000000,'queued','queued',NULL,1,NULL,NULL,NULL,'{}');
    INSERT INTO event VALUES (14,'cancelling@1.0',1790000090000,'queued','cancelling',NULL,1,7,'bob',NULL,'{"remote_id":"remote-7"}');
    INSERT INTO event VALUES (15,'withdrawing@1.0',1790000000000,'queued','queued',NULL,1,NULL,NULL,NULL,'{}');
    INSERT INTO event VALUES (16,'withdrawing@1.0',1790000090000,'queued','cancelling',NULL,1,7,'bob',NULL,'{"remote_id":"remote-7"}');
    INSERT INTO event VALUES (17,'done@1.0',1790000000000,'queued','queued',NULL,1,NULL,NULL,NULL,'{}');
    INSERT INTO event VALUES (18,'done@1.0',1790000090000,'queued','done','completed-before-cancel',1,7,'bob',NULL,'{"remote_id":"remote-7"}');
    INSERT INTO event VALUES (19,'failed@1.0',1790000000000,'queued','queued',NULL,1,NULL,NULL,NULL,'{}');
    INSERT INTO event VALUES (2,'queued@1.0',1790000090000,'queued','queued',NULL,1,7,'bob',NULL,'{"remote_id":"remote-7"}');
    INSERT INTO event VALUES (20,'failed@1.0',1790000090000,'queued','failed','attempts-exhausted',1,7,'bob','exit 1','{"remote_id":"remote-7"}');
    INSERT INTO event VALUES (21,'cancelled@1.0',1790000000000,'queued','queued',NULL,1,NULL,NULL,NULL,'{}');
    INSERT INTO event VALUES (22,'cancelled@1.0',1790000090000,'queued','cancelled','cancelled-by-user',1,7,'bob','by ada','{"remote_id":"remote-7"}');
    INSERT INTO event VALUES (25,'rich@1.0',1790000000000,'queued','queued',NULL,1,NULL,NULL,NULL,'{}');
    INSERT INTO event VALUES (26,'rich@1.0',1790000093000,'queued','publishing',NULL,1,7,'bob',NULL,'{"bytes_sent":40,"list":[1,null,"x"],"share":0.5}');
    INSERT INTO event VALUES (3,'submitting@1.0',1790000000000,'queued','queued',NULL,1,NULL,NULL,NULL,'{}');
    INSERT INTO event VALUES (4,'submitting@1.0',1790000090000,'queued','submitting',NULL,1,7,'bob',NULL,'{"remote_id":"remote-7"}');
    INSERT INTO event VALUES (5,'submitted@1.0',1790000000000,'queued','queued',NULL,1,NULL,NULL,NULL,'{}');
    INSERT INTO event VALUES (6,'submitted@1.0',1790000090000,'queued','submitted',NULL,1,7,'bob',NULL,'{"remote_id":"remote-7"}');
    INSERT INTO event VALUES (7,'running@1.0',1790000000000,'queued','queued',NULL,1,NULL,NULL,NULL,'{}');
    INSERT INTO event VALUES (8,'running@1.0',1790000090000,'queued','running',NULL,1,7,'bob',NULL,'{"remote_id":"remote-7"}');
    INSERT INTO event VALUES (9,'backingOff@1.0',1790000000000,'queued','queued',NULL,1,NULL,NULL,NULL,'{}');
    INSERT INTO tombstone VALUES ('gone@1.0','gone','1.0','1dgone','failed',1790000092000);
    DELETE FROM sqlite_sequence;
    INSERT INTO sqlite_sequence VALUES ('event',26);
    INSERT INTO sqlite_sequence VALUES ('job',13);
    """###
}
