using System.Data.Common;
using Microsoft.AspNetCore.Components;
using TriggerConsole.Api;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Mail;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Settings;

/// <summary>Users: look, search, make. The rest is on the page of each.</summary>
public sealed partial class UsersTab
{
    private const int PageSize = 50;

    private IReadOnlyList<UserView>? _users;
    private IReadOnlyList<FieldError> _errors = [];
    private (User User, LinkResponse Link)? _link;
    private int _total;
    private string? _search;
    private string _email = "";
    private string _name = "";
    private string _password = "";
    private Role _role;
    private Way _way;
    private string? _problem;
    private string? _said;
    private string? _fault;
    private bool _isBusy;
    private bool _isAdding;

    private enum Way { Link, Mail, Password }

    [SupplyParameterFromQuery] public string? Q { get; set; }

    [SupplyParameterFromQuery] public string? Role { get; set; }

    [SupplyParameterFromQuery] public int? Page { get; set; }

    [Inject] private UserQueries Users { get; set; } = default!;

    [Inject] private UserCommands UserCommands { get; set; } = default!;

    [Inject] private UserLinkDelivery Delivery { get; set; } = default!;

    [Inject] private AccountMails Mails { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    private int PageNumber => Math.Clamp(Page ?? 1, 1, 100_000);

    protected override Task OnParametersSetAsync()
    {
        _search = Q;
        return LoadAsync();
    }

    private async Task LoadAsync()
    {
        try
        {
            (_users, _total) = await Users.ListAsync(Q, Enum.TryParse<Role>(Role, out var role) ? role : null, PageNumber, PageSize, CancellationToken.None);
            _fault = null;
        }
        catch (DbException)
        {
            _fault = "The database does not answer. Try again in a moment.";
        }
    }

    private void Search() => Show(_search, Role);

    private void OnRole(ChangeEventArgs change) => Show(_search, change.Value?.ToString());

    private void Show(string? search, string? role) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["q"] = string.IsNullOrWhiteSpace(search) ? null : search.Trim(),
        ["role"] = string.IsNullOrEmpty(role) ? null : role,
        ["page"] = null,
    }));

    private string? ErrorOf(string field) => _errors.FirstOrDefault(e => e.Field == field)?.Message;

    private async Task MakeAsync()
    {
        (_isBusy, _isAdding, _problem, _said, _errors) = (true, true, null, null, []);
        var result = await Commands.RunAsync(Permissions.ManageUsers, async _ =>
            await UserCommands.CreateAsync(new() { Email = _email, Name = _name, Role = _role, Password = _way == Way.Password ? _password : null }, CancellationToken.None));
        _isBusy = false;
        if (result.Refusal is Refusal.Invalid invalid) _errors = invalid.Errors;
        else _problem = result.Refusal?.Message;
        if (result.Value is not { } made) return;
        if (made.Link is { } link) _link = (made.User, await Delivery.DeliverAsync(made.User, link, _way == Way.Mail, CancellationToken.None, Navigation.BaseUri));
        else _said = $"{made.User.Email} can sign in now.";
        (_email, _name, _password, _isAdding) = ("", "", "", false);
        await LoadAsync();
    }
}
