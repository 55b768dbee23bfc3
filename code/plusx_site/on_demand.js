(function (name, sources) {
  const load = () => {
    watch.disconnect();
    removeEventListener("hashchange", asked);
    for (const src of sources) {
      const script = document.createElement("script");
      document.head.append(Object.assign(script, { src, async: false }));
    }
  };
  const near = (seen) => { if (seen.some((one) => one.isIntersecting)) load(); };
  const watch = new IntersectionObserver(near, { rootMargin: "200px" });
  const asked = () => { if (location.hash.startsWith(`#${name}:`)) load(); };
  watch.observe(document.getElementById(name));
  addEventListener("hashchange", asked);
  asked();
})("NAME", "SOURCES");
