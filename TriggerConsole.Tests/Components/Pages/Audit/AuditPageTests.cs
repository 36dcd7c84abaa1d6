using Bunit;
using Microsoft.AspNetCore.Components;
using TriggerConsole.Components.Pages.Audit;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Audit;

public sealed class AuditPageTests : PageBench
{
    [Fact]
    public async Task List_WithFilters_KeepsThemInTheAddress()
    {
        await Get<CallbackCommands>().CreateAsync(new() { Name = "Orders" }, default);
        await Get<SecretStore>().SetAsync("CRM", "value", null, default);
        Get<NavigationManager>().NavigateTo("/audit?subject=callback");
        var page = Render<AuditPage>();

        Assert.Contains("Made callback", page.Find("tbody").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("CRM", page.Find("tbody").TextContent, StringComparison.Ordinal);
        page.Find("#subject").Change("secret");
        Assert.Equal("/audit?subject=secret", Path);
        page.WaitForAssertion(() => Assert.Contains("CRM", page.Find("tbody").TextContent, StringComparison.Ordinal));
        page.Find("#q").Change("nothing like that");
        page.WaitForAssertion(() => Assert.Contains("Nothing matches", page.Markup, StringComparison.Ordinal));
        Assert.All(page.FindAll("a[download]"), a => Assert.Contains("subjectKind=secret", a.GetAttribute("href"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_WhenSomethingIsDone_ShowsItByItself()
    {
        var page = Render<AuditPage>();

        await Get<SecretStore>().SetAsync("CRM", "value", null, default);

        page.WaitForAssertion(() => Assert.Contains("Made secret", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Check_OfASoundLog_ShowsItsAnchor()
    {
        await Get<SecretStore>().SetAsync("CRM", "value", null, default);
        var page = Render<AuditPage>();

        await page.Find("#verify").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("are as they were written", page.Find("[role=status]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Entry_OfAChange_ShowsBothSidesAndNoSecret()
    {
        var callback = (await Get<CallbackCommands>().CreateAsync(new() { Name = "Orders" }, default)).Value!.Callback;
        await Get<CallbackCommands>().UpdateAsync(callback.Id, new() { Name = "Orders 2", Description = "From the shop" }, default);
        await Get<CallbackCommands>().RotateTokenAsync(callback.Id, default);
        var last = (await Get<AuditQueries>().LastOfAsync("callback", callback.Id.ToString(), default))!;

        var renamed = Render<AuditEntryPage>(p => p.Add(e => e.Sequence, last.Sequence - 1));
        Assert.Equal(["description", "none", "From the shop", "name", "Orders", "Orders 2"], renamed.FindAll(".diff tbody td").Select(c => c.TextContent.Trim()));
        Assert.Contains($"/callbacks/{callback.Id}", renamed.FindAll("dd a").Select(a => a.GetAttribute("href")));

        var rotated = Render<AuditEntryPage>(p => p.Add(e => e.Sequence, last.Sequence));
        Assert.Contains("Changed. Neither value is kept in this log.", rotated.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("••••", rotated.Find(".diff").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Role.Administrator, true)]
    [InlineData(Role.Editor, false)]
    public async Task History_OfACallback_IsForAdministratorsAlone(Role role, bool isShown)
    {
        await SignInAsync(role);
        var callback = (await Get<CallbackCommands>().CreateAsync(new() { Name = "Orders" }, default)).Value!.Callback;

        var line = Render<AuditHistory>(p => p.Add(h => h.Kind, "callback").Add(h => h.Id, callback.Id));

        if (isShown) line.WaitForAssertion(() => Assert.Contains("Made callback", line.Markup, StringComparison.Ordinal));
        Assert.Equal(isShown ? [$"/audit?range=all&subject=callback&id={callback.Id}"] : [], line.FindAll("a").Select(a => a.GetAttribute("href")!));
    }
}
