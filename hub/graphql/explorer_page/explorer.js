
(() => {
  "use strict";
  const place = document.getElementById("explorer");
  const groups = JSON.parse(document.getElementById("examples").textContent);
  const examples = groups.flatMap((group) => group.examples);

  if (!window.React || !window.ReactDOM || !window.GraphiQL || !window.GraphiQLPluginExplorer) {
    place.querySelector("p").textContent =
      "GraphiQL did not load: its files are not installed on the hub (make explorer), and the " +
      "public CDN that has them is out of reach. The API works without it: send GraphQL by POST " +
      "to /graphql.";
    return;
  }

  const { createElement: h, useEffect, useState } = window.React;
  const { React: hooks, GraphQL, createFetcher } = window.GraphiQL;

  const icon = () =>
    h(
      "svg",
      { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", strokeWidth: 1.5 },
      h("path", { d: "M2 3.5h20v14H10.5l-5 4v-4H2z" }),
      h("path", { d: "M9.4 8.6a2.6 2.6 0 1 1 3.8 2.3c-.9.5-1.2.9-1.2 1.6M12 14.4v.4" }),
    );

  /* The menu of examples: one click puts the question into a tab and asks it. */
  function Examples() {
    const { queryEditor, variableEditor, tabs, activeTabIndex, addTab, setOperationName } =
      hooks.useEditorContext({ nonNull: true });
    const { run } = hooks.useExecutionContext({ nonNull: true });
    const [chosen, choose] = useState(null);

    useEffect(() => queryEditor?.setOption("lineWrapping", true), [queryEditor]);
    useEffect(() => {
      if (!chosen || !queryEditor) return;
      choose(null);
      queryEditor.setValue(chosen.query);
      queryEditor.scrollTo(0, 0);
      variableEditor?.setValue("");
      setOperationName(chosen.name);
      run();
    }, [chosen, activeTabIndex, queryEditor]);

    function ask(example) {
      const current = queryEditor.getValue().trim();
      const ours = !current || examples.some(({ query }) => query === current);
      if (!ours) addTab(); /* what somebody wrote stays in its tab */
      choose(example);
    }

    const shown = tabs[activeTabIndex]?.query?.trim();
    const item = (example) =>
      h(
        "li",
        { key: example.name },
        h(
          "button",
          { type: "button", "aria-current": example.query === shown, onClick: () => ask(example) },
          example.title,
        ),
      );
    return h(
      "section",
      { className: "hub-examples", "aria-label": "Example questions" },
      h("h2", null, "Example questions"),
      h("p", null, "Click one to ask it; change it and press \u25b6 to ask again."),
      groups.map((group, at) =>
        h(
          "details",
          { key: group.name, open: at === 0 },
          h("summary", null, h("h3", null, group.name)),
          h("ul", null, group.examples.map(item)),
        ),
      ),
      h(
        "footer",
        null,
        h("p", null, "Names that begin with \u201cExample\u201d are made up for demonstration."),
        h("p", null, "The book at the left explains every field."),
      ),
    );
  }

  const plugins = [
    { title: "Example questions", icon, content: Examples },
    window.GraphiQLPluginExplorer.explorerPlugin({ showAttribution: false }),
  ];

  async function schema() {
    const answer = await fetch("/graphql/schema.graphql");
    if (!answer.ok) return undefined;
    return GraphQL.buildSchema(await answer.text(), { assumeValid: true, assumeValidSDL: true });
  }

  /* GraphiQL opens a plugin at the start only if the plugin is known before its first render. */
  function Explorer(props) {
    const [ready, setReady] = useState(false);
    useEffect(() => setReady(true), []);
    return h(ready ? window.GraphiQL : hooks.PluginContextProvider, props);
  }

  /* Without the schema's text GraphiQL asks the API for it. */
  schema()
    .catch(() => undefined)
    .then((found) => {
      window.ReactDOM.createRoot(place).render(
        h(Explorer, {
          fetcher: createFetcher({ url: "/graphql" }),
          schema: found,
          plugins,
          visiblePlugin: plugins[0].title,
          defaultTabs: [{ query: examples[0].query }],
          defaultQuery: "",
          defaultEditorToolsVisibility: false,
          shouldPersistHeaders: false,
        }),
      );
    });
})();
