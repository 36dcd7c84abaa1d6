using System.Text.Json;
using System.Text.RegularExpressions;
using TriggerConsole.Sbom;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.SupplyChain;

/// <summary>What others made of what we ship: locked, listed, and under licences that allow it.</summary>
public sealed partial class SupplyChainTests
{
    private static readonly string[] s_projects = ["TriggerConsole.Core", "TriggerConsole", "TriggerConsole.Tests", "bench"];

    [Fact]
    public void Bill_HasTheRequiredPartsOfCycloneDx16()
    {
        var bom = Bill();

        Assert.Equal(("CycloneDX", "1.6", 1), (bom.GetProperty("bomFormat").GetString(), bom.GetProperty("specVersion").GetString(), bom.GetProperty("version").GetInt32()));
        Assert.Matches(Serial(), bom.GetProperty("serialNumber").GetString());
        Assert.True(DateTimeOffset.TryParse(bom.GetProperty("metadata").GetProperty("timestamp").GetString(), out _));
        var own = bom.GetProperty("metadata").GetProperty("component");
        Assert.Equal(("application", "TriggerConsole"), (own.GetProperty("type").GetString(), own.GetProperty("name").GetString()));
        var references = new HashSet<string> { own.GetProperty("bom-ref").GetString()! };
        foreach (var component in bom.GetProperty("components").EnumerateArray())
        {
            Assert.Equal("library", component.GetProperty("type").GetString());
            Assert.NotEmpty(component.GetProperty("name").GetString()!);
            Assert.NotEmpty(component.GetProperty("version").GetString()!);
            Assert.Contains(component.GetProperty("scope").GetString(), (string[])["required", "optional", "excluded"]);
            Assert.Equal($"pkg:nuget/{component.GetProperty("name").GetString()}@{component.GetProperty("version").GetString()}", component.GetProperty("purl").GetString());
            var hash = Assert.Single(component.GetProperty("hashes").EnumerateArray());
            Assert.Equal("SHA-512", hash.GetProperty("alg").GetString());
            Assert.Matches(Sha512(), hash.GetProperty("content").GetString());
            var licence = Assert.Single(component.GetProperty("licenses").EnumerateArray());
            Assert.True(licence.TryGetProperty("expression", out _) != licence.TryGetProperty("license", out _)); // one of the two
            Assert.True(references.Add(component.GetProperty("bom-ref").GetString()!), $"{component.GetProperty("bom-ref")} is there twice.");
        }
        foreach (var dependency in bom.GetProperty("dependencies").EnumerateArray())
        {
            Assert.Contains(dependency.GetProperty("ref").GetString()!, references);
            if (dependency.TryGetProperty("dependsOn", out var on)) Assert.All(on.EnumerateArray(), reference => Assert.Contains(reference.GetString()!, references));
        }
        Assert.Equal(references.Count, bom.GetProperty("dependencies").GetArrayLength());
    }

    [Fact]
    public void Bill_ListsEveryAssemblyThatIsShipped()
    {
        var bom = Bill();
        var shipped = bom.GetProperty("components").EnumerateArray().Where(c => c.GetProperty("scope").GetString() == "required").Select(c => c.GetProperty("name").GetString()!).ToList();

        // What the program's own list of dependencies says it loads
        var output = Path.GetDirectoryName(ServerProcess.Program)!;
        using var loaded = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "TriggerConsole.deps.json")));
        var packages = loaded.RootElement.GetProperty("libraries").EnumerateObject().Where(l => l.Value.GetProperty("type").GetString() == "package").Select(l => l.Name.Split('/')[0]).ToList();
        Assert.NotEmpty(packages);
        Assert.Empty(packages.Except(bom.GetProperty("components").EnumerateArray().Select(c => c.GetProperty("name").GetString()!)));
        Assert.Contains("Npgsql", shipped);
        Assert.Contains("RabbitMQ.Client", shipped);
        Assert.DoesNotContain("Microsoft.EntityFrameworkCore.Design", shipped);
        Assert.DoesNotContain("xunit", bom.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Licences_AreAllOfAllowedKinds()
    {
        var packages = PackageGraph.Read(Repository.Root, "TriggerConsole").Packages.Concat(PackageGraph.Read(Repository.Root, "TriggerConsole.Tests").Packages).ToList();

        Assert.NotEmpty(packages);
        Assert.All(packages, p => Assert.True(KnownLicences.IsAllowed(p.Licence), $"{p.Id} {p.Version} is under {p.Licence}."));
    }

    [Theory]
    [InlineData("MIT", true)]
    [InlineData("GPL-3.0-only", false)]
    [InlineData("Apache-2.0 OR MPL-2.0", true)]
    [InlineData("MIT AND GPL-3.0-only", false)]
    [InlineData("AGPL-3.0-only OR SSPL-1.0", false)]
    [InlineData("LicenseRef-Other", false)]
    public void IsAllowed_Expression_IsJudgedByItsParts(string expression, bool expected) => Assert.Equal(expected, KnownLicences.IsAllowed(expression));

    [Fact]
    public void KnownLicence_WithAnotherText_IsReadAgain() => Assert.Null(KnownLicences.Of("Microsoft.Data.SqlClient.SNI.runtime", "Everything belongs to us."));

    [Fact]
    public void LicenceList_IsUpToDate()
        => Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "docs", "licences.md")).ReplaceLineEndings("\n"), LicenceList.Write(Repository.Root).ReplaceLineEndings("\n"));

    [Fact]
    public void LockFiles_HoldWhatWasRestored()
    {
        foreach (var project in s_projects.Where(p => p != "bench"))
        {
            using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, project, "packages.lock.json")));
            var locked = json.RootElement.GetProperty("dependencies").EnumerateObject().Single().Value.EnumerateObject().Where(d => d.Value.GetProperty("type").GetString() != "Project").ToList();
            Assert.All(locked, d => Assert.Matches("^[A-Za-z0-9+/]{86}==$", d.Value.GetProperty("contentHash").GetString()));
            var restored = PackageGraph.Read(Repository.Root, project).Packages.Select(p => $"{p.Id}/{p.Version}").Order(StringComparer.OrdinalIgnoreCase);
            Assert.Equal(restored, locked.Select(d => $"{d.Name}/{d.Value.GetProperty("resolved").GetString()}").Order(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);
        }
        Assert.True(File.Exists(Path.Combine(Repository.Root, "bench", "packages.lock.json")));
    }

    private static JsonElement Bill() => JsonSerializer.Deserialize<JsonElement>(CycloneDx.Write(PackageGraph.Read(Repository.Root, "TriggerConsole"), CycloneDx.VersionOf(Repository.Root), new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));

    // Both as the schema has them
    [GeneratedRegex("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
    private static partial Regex Serial();

    [GeneratedRegex("^[a-f0-9]{128}$")]
    private static partial Regex Sha512();
}
