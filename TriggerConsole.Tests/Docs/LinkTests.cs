using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Docs;

/// <summary>No link of the documentation leads nowhere.</summary>
public sealed class LinkTests
{
    public static TheoryData<string> Pages
    {
        get
        {
            var docs = Path.Combine(Repository.Root, "docs");
            var files = Directory.EnumerateFiles(docs, "*.md", SearchOption.AllDirectories).Where(f => !f.Contains("node_modules", StringComparison.Ordinal));
            var root = Directory.EnumerateFiles(Repository.Root, "*.md");
            return [.. files.Concat(root).Select(f => Path.GetRelativePath(Repository.Root, f)).Order(StringComparer.Ordinal)];
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_OfAPage_LeadToFilesAndHeadings(string page)
    {
        var file = MarkdownFile.Read(page);

        var broken = file.Links.Where(link => !link.Contains("://", StringComparison.Ordinal)).Select(link => Fault(file, link)).Where(fault => fault is not null).ToList();

        Assert.Empty(broken);
    }

    [Fact]
    public void Readme_LinksEveryGuide()
    {
        var linked = MarkdownFile.Read("README.md").Links.ToHashSet();

        Assert.All(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md"), guide => Assert.Contains($"docs/{Path.GetFileName(guide)}", linked));
    }

    // Null when it leads somewhere
    private static string? Fault(MarkdownFile from, string link)
    {
        var (target, anchor) = link.Split('#', 2) is [var before, var after] ? (before, after) : (link, null);
        var path = target.Length == 0 ? from.Path : Path.GetFullPath(target, Path.GetDirectoryName(from.Path)!);
        if (!Path.Exists(path)) return $"{link}: there is no {Path.GetRelativePath(Repository.Root, path)}";
        if (anchor is not null && !MarkdownFile.Read(path).Anchors.Contains(anchor)) return $"{link}: {Path.GetRelativePath(Repository.Root, path)} has no such heading";
        return null;
    }
}
