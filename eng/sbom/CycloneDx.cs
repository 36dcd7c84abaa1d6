using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace TriggerConsole.Sbom;

/// <summary>The bill of materials as CycloneDX 1.6 (ECMA-424) in JSON: https://cyclonedx.org/docs/1.6/json/</summary>
internal static class CycloneDx
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string VersionOf(string root) => XDocument.Load(Path.Combine(root, "Directory.Build.props")).Descendants("Version").First().Value;

    public static string Write(PackageGraph graph, string version, DateTimeOffset now)
    {
        var own = $"pkg:generic/triggerconsole@{version}";
        var dependencies = new JsonArray { Dependency(own, graph.Direct.Select(id => graph.Packages.First(p => p.Id.Equals(id, StringComparison.OrdinalIgnoreCase)).Purl)) };
        var purls = graph.Packages.ToDictionary(p => p.Id, p => p.Purl, StringComparer.OrdinalIgnoreCase);
        foreach (var package in graph.Packages) dependencies.Add(Dependency(package.Purl, package.DependsOn.Where(purls.ContainsKey).Select(id => purls[id])));
        var bom = new JsonObject
        {
            ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["serialNumber"] = $"urn:uuid:{SerialOf(graph, version)}",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["timestamp"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                ["tools"] = new JsonObject { ["components"] = new JsonArray { new JsonObject { ["type"] = "application", ["name"] = "eng/sbom", ["version"] = version } } },
                ["component"] = new JsonObject { ["type"] = "application", ["bom-ref"] = own, ["name"] = "TriggerConsole", ["version"] = version, ["purl"] = own },
            },
            ["components"] = new JsonArray([.. graph.Packages.Select(Component)]),
            ["dependencies"] = dependencies,
        };
        return bom.ToJsonString(s_json) + "\n";
    }

    private static JsonNode Component(Package package)
    {
        var component = new JsonObject
        {
            ["type"] = "library",
            ["bom-ref"] = package.Purl,
            ["name"] = package.Id,
            ["version"] = package.Version,
            ["scope"] = package.IsShipped ? "required" : "excluded",
            ["hashes"] = new JsonArray { new JsonObject { ["alg"] = "SHA-512", ["content"] = package.Sha512 } },
            ["licenses"] = new JsonArray { LicenceOf(package.Licence) },
            ["purl"] = package.Purl,
        };
        if (package.Authors.Length > 0) component["authors"] = new JsonArray { new JsonObject { ["name"] = package.Authors } };
        if (package.Description.Length > 0) component["description"] = package.Description;
        if (package.Copyright.Length > 0) component["copyright"] = package.Copyright;
        if (package.Url.Length > 0) component["externalReferences"] = new JsonArray { new JsonObject { ["type"] = "website", ["url"] = package.Url } };
        return component;
    }

    private static JsonObject LicenceOf(string licence)
        => licence.Contains(' ') ? new JsonObject { ["expression"] = licence }
            : new JsonObject { ["license"] = licence.StartsWith("LicenseRef-", StringComparison.Ordinal) ? new JsonObject { ["name"] = licence } : new JsonObject { ["id"] = licence } };

    private static JsonObject Dependency(string of, IEnumerable<string> on)
    {
        var dependency = new JsonObject { ["ref"] = of };
        var list = on.Distinct().Select(p => (JsonNode)p).ToArray();
        if (list.Length > 0) dependency["dependsOn"] = new JsonArray(list);
        return dependency;
    }

    // The same packages have the same number, whoever lists them (RFC 9562, version 8)
    private static Guid SerialOf(PackageGraph graph, string version)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(version + string.Join('\n', graph.Packages.Select(p => p.Purl + p.Sha512))));
        hash[6] = (byte)(0x80 | (hash[6] & 0x0F));
        hash[8] = (byte)(0x80 | (hash[8] & 0x3F));
        return new(hash.AsSpan(0, 16), bigEndian: true);
    }
}
