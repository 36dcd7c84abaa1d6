using Microsoft.Playwright;
using TriggerConsole.Tests.Testing;

namespace TriggerConsole.Tests.Browser;

/// <summary>The accessibility checks of axe-core (WCAG 2, levels A and AA).</summary>
internal static class Axe
{
    private const string Run = """
        async colorsOnly => {
          document.body.getBoundingClientRect(); // another theme brings another font of icons
          await document.fonts.ready;
          const { violations } = await axe.run(document, { runOnly: colorsOnly ? ["color-contrast", "link-in-text-block"] : ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"] });
          return violations.flatMap(v => v.nodes.map(n => `${v.id} at ${n.target.join(" ")}: ${v.help}. ${n.any.concat(n.all, n.none).map(c => c.message).join(" ")}`));
        }
        """;

    private static readonly string s_script = Path.Combine(Repository.Root, "TriggerConsole.Tests", "Browser", "node_modules", "axe-core", "axe.min.js");
    private static string? s_source;

    /// <summary>What is wrong with the page as it is shown now: rule, place, and what to do.</summary>
    /// <param name="page">Loaded.</param>
    /// <param name="colorsOnly">For another theme of a page whose every rule has been checked: nothing else is different.</param>
    public static async Task<IReadOnlyList<string>> CheckAsync(IPage page, bool colorsOnly = false)
    {
        if (!await page.EvaluateAsync<bool>("!!window.axe")) await page.EvaluateAsync(s_source ??= await File.ReadAllTextAsync(s_script));
        return await page.EvaluateAsync<string[]>(Run, colorsOnly);
    }

    public static void Need() => Needs.Program(File.Exists(s_script) ? s_script : null, "axe-core", "npm; then npm install in TriggerConsole.Tests/Browser");
}
