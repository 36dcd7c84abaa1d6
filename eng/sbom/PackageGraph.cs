using System.Text.Json;
using System.Xml.Linq;

namespace TriggerConsole.Sbom;

/// <summary>One package as it was restored.</summary>
/// <param name="Sha512">Of the package file, in hexadecimal digits.</param>
/// <param name="Licence">An SPDX expression (https://spdx.org/licenses), or <c>LicenseRef-…</c> for a text that is none.</param>
/// <param name="IsShipped">It is part of what is published; else it is needed only to build.</param>
/// <param name="DependsOn">Ids of packages.</param>
internal sealed record Package(string Id, string Version, string Sha512, string Licence, string Authors, string Copyright, string Description, string Url, bool IsShipped, IReadOnlyList<string> DependsOn)
{
    /// <summary>https://github.com/package-url/purl-spec</summary>
    public string Purl => $"pkg:nuget/{Uri.EscapeDataString(Id)}@{Uri.EscapeDataString(Version)}";
}

/// <summary>What a project is made of, as its restore has written it down (<c>obj/project.assets.json</c>) and the packages say of themselves.</summary>
internal sealed class PackageGraph
{
    private PackageGraph(IReadOnlyList<Package> packages, IReadOnlyList<string> direct) => (Packages, Direct) = (packages, direct);

    /// <summary>By id.</summary>
    public IReadOnlyList<Package> Packages { get; }

    /// <summary>Ids of those that the projects name themselves.</summary>
    public IReadOnlyList<string> Direct { get; }

    /// <exception cref="InvalidDataException">It is not restored, or a package says nothing of its licence.</exception>
    public static PackageGraph Read(string root, string project)
    {
        var assets = Path.Combine(root, project, "obj", "project.assets.json");
        if (!File.Exists(assets)) throw new InvalidDataException($"{assets} is missing. Run dotnet restore first.");
        using var json = JsonDocument.Parse(File.ReadAllText(assets));
        var folders = json.RootElement.GetProperty("packageFolders").EnumerateObject().Select(f => f.Name).ToList();
        var target = json.RootElement.GetProperty("targets").EnumerateObject().First().Value;
        var depends = target.EnumerateObject().ToDictionary(t => Id(t.Name), t => t.Value.TryGetProperty("dependencies", out var d) ? d.EnumerateObject().Select(x => x.Name).ToList() : [], StringComparer.OrdinalIgnoreCase);
        var (direct, forBuild) = DirectOf(json.RootElement, root);
        var shipped = Reachable(depends.Keys.Where(k => direct.Contains(k) && !forBuild.Contains(k)), depends);
        var packages = new List<Package>();
        foreach (var library in json.RootElement.GetProperty("libraries").EnumerateObject())
        {
            if (library.Value.GetProperty("type").GetString() != "package") continue;
            var (id, version) = (Id(library.Name), library.Name[(library.Name.IndexOf('/') + 1)..]);
            var folder = folders.Select(f => Path.Combine(f, library.Value.GetProperty("path").GetString()!)).FirstOrDefault(Directory.Exists) ?? throw new InvalidDataException($"{library.Name} is not on this machine. Run dotnet restore first.");
            packages.Add(Describe(id, version, folder, shipped.Contains(id), [.. depends.GetValueOrDefault(id, []).Where(depends.ContainsKey).Order(StringComparer.OrdinalIgnoreCase)]));
        }
        return new([.. packages.OrderBy(p => p.Id, StringComparer.OrdinalIgnoreCase)], [.. direct.Where(d => packages.Any(p => p.Id.Equals(d, StringComparison.OrdinalIgnoreCase))).Order(StringComparer.OrdinalIgnoreCase)]);
    }

    /// <summary>What this project and those it refers to name themselves, and which of that is only for building.</summary>
    private static (HashSet<string> Direct, HashSet<string> ForBuild) DirectOf(JsonElement assets, string root)
    {
        var (direct, kept) = (new HashSet<string>(StringComparer.OrdinalIgnoreCase), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        var projects = assets.GetProperty("libraries").EnumerateObject().Where(l => l.Value.GetProperty("type").GetString() == "project")
            .Select(l => Path.Combine(root, Path.GetFileName(Path.GetDirectoryName(l.Value.GetProperty("path").GetString()!))!, "obj", "project.assets.json"));
        foreach (var element in projects.Select(p => JsonDocument.Parse(File.ReadAllText(p)).RootElement).Append(assets))
        {
            foreach (var dependency in element.GetProperty("project").GetProperty("frameworks").EnumerateObject().First().Value.GetProperty("dependencies").EnumerateObject())
            {
                direct.Add(dependency.Name);
                if (!dependency.Value.TryGetProperty("suppressParent", out var suppressed) || suppressed.GetString() != "All") kept.Add(dependency.Name);
            }
        }
        return (direct, [.. direct.Except(kept, StringComparer.OrdinalIgnoreCase)]);
    }

    private static HashSet<string> Reachable(IEnumerable<string> from, Dictionary<string, List<string>> depends)
    {
        var found = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var waiting = new Stack<string>(from);
        while (waiting.TryPop(out var id))
            if (found.Add(id))
                foreach (var next in depends.GetValueOrDefault(id, [])) waiting.Push(next);
        return found;
    }

    private static Package Describe(string id, string version, string folder, bool isShipped, IReadOnlyList<string> dependsOn)
    {
        var metadata = XDocument.Load(Path.Combine(folder, id.ToLowerInvariant() + ".nuspec")).Root!.Elements().First(e => e.Name.LocalName == "metadata");
        string Text(string name) => string.Join(' ', (metadata.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var licence = metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "license");
        var expression = (string?)licence?.Attribute("type") == "expression" ? licence!.Value.Trim() : KnownLicences.Of(id, licence is null ? Text("licenseUrl") : File.ReadAllText(Path.Combine(folder, licence.Value.Trim())));
        var hash = Convert.ToHexStringLower(Convert.FromBase64String(File.ReadAllText(Path.Combine(folder, $"{id}.{version}.nupkg.sha512".ToLowerInvariant()))));
        return new(id, version, hash, expression ?? throw new InvalidDataException($"{id} {version} says nothing of its licence that is known. Read it, then add it to eng/sbom/KnownLicences.cs."),
            Text("authors"), Text("copyright"), Text("description"), Text("projectUrl"), isShipped, dependsOn);
    }

    private static string Id(string name) => name[..name.IndexOf('/')];
}
