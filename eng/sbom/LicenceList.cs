using System.Text;

namespace TriggerConsole.Sbom;

/// <summary><c>docs/licences.md</c>: every package of product and tests, with its licence.</summary>
internal static class LicenceList
{
    public static string Write(string root)
    {
        var product = PackageGraph.Read(root, "TriggerConsole").Packages;
        var tests = PackageGraph.Read(root, "TriggerConsole.Tests").Packages.Where(p => product.All(o => o.Id != p.Id)).ToList();
        var text = new StringBuilder();
        text.Append("# Licences of others\n\n");
        text.Append("Made by `dotnet run --project eng/sbom -- --licences`; a test compares. TriggerConsole itself is under the licence in [LICENSE](../LICENSE).\n\n");
        text.Append("Runtime and framework come with .NET (MIT). `blazor.web.js` is taken out of Microsoft.AspNetCore.App.Runtime 9.0.22 (MIT). Packages of npm are used by tests and examples alone, and are not shipped.\n");
        Table(text, "Shipped", "Part of what `dotnet publish` writes.", product.Where(p => p.IsShipped));
        Table(text, "To build", "Needed to make migrations, and not shipped.", product.Where(p => !p.IsShipped));
        Table(text, "To test", "Not shipped.", tests);
        return text.ToString();
    }

    private static void Table(StringBuilder text, string title, string about, IEnumerable<Package> packages)
    {
        text.Append($"\n## {title}\n{about}\n\n| package | version | licence | by |\n|---|---|---|---|\n");
        foreach (var package in packages) text.Append($"| {(package.Url.Length > 0 ? $"[{package.Id}]({package.Url})" : package.Id)} | {package.Version} | {package.Licence} | {(package.Copyright.Length > 0 ? package.Copyright : package.Authors).Replace("|", "\\|", StringComparison.Ordinal)} |\n");
    }
}
