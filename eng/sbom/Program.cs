using TriggerConsole.Sbom;

// dotnet run --project eng/sbom -- [FILE]         writes the bill of materials (CycloneDX 1.6); artifacts/sbom.cdx.json by default
// dotnet run --project eng/sbom -- --licences     writes docs/licences.md
var root = new DirectoryInfo(Environment.CurrentDirectory);
while (root is not null && !File.Exists(Path.Combine(root.FullName, "TriggerConsole.sln"))) root = root.Parent;
if (root is null)
{
    Console.Error.WriteLine("Run this inside the repository.");
    return 1;
}
try
{
    if (args is ["--licences"])
    {
        var list = Path.Combine(root.FullName, "docs", "licences.md");
        File.WriteAllText(list, LicenceList.Write(root.FullName));
        Console.WriteLine($"Written: {list}");
        return 0;
    }
    var file = Path.GetFullPath(args is [var given] ? given : Path.Combine(root.FullName, "artifacts", "sbom.cdx.json"));
    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    var packages = PackageGraph.Read(root.FullName, "TriggerConsole");
    File.WriteAllText(file, CycloneDx.Write(packages, CycloneDx.VersionOf(root.FullName), DateTimeOffset.UtcNow));
    Console.WriteLine($"Written: {file}, {packages.Packages.Count} packages.");
    return 0;
}
catch (Exception exception) when (exception is IOException or InvalidDataException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
