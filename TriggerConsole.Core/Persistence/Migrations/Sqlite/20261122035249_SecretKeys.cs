using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace TriggerConsole.Core.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SecretKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "allowed_hosts",
                table: "secrets",
                type: "TEXT",
                maxLength: 2000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<long>(
                name: "last_used_at",
                table: "secrets",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "previous_until",
                table: "secrets",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "protected_previous",
                table: "secrets",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "value_changed_at",
                table: "secrets",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "data_keys",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 8, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    created_by = table.Column<string>(type: "TEXT", maxLength: 256, nullable: false),
                    protected_key = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true),
                    revoked_at = table.Column<long>(type: "INTEGER", nullable: true),
                    total = table.Column<int>(type: "INTEGER", nullable: false),
                    done = table.Column<int>(type: "INTEGER", nullable: false),
                    unreadable = table.Column<int>(type: "INTEGER", nullable: false),
                    worker = table.Column<byte[]>(type: "BLOB", nullable: true),
                    beat_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_data_keys", x => x.id);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "data_keys");

            migrationBuilder.DropColumn(
                name: "allowed_hosts",
                table: "secrets");

            migrationBuilder.DropColumn(
                name: "last_used_at",
                table: "secrets");

            migrationBuilder.DropColumn(
                name: "previous_until",
                table: "secrets");

            migrationBuilder.DropColumn(
                name: "protected_previous",
                table: "secrets");

            migrationBuilder.DropColumn(
                name: "value_changed_at",
                table: "secrets");
        }
    }
}
